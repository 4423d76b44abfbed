"""The status of an app: what was seen, how many copies run, and three conditions that say why.

`Accepted`: the app can be run at all. `Reconciled`: the children are as it asks. `Available`: all copies are
ready, by its Deployment's word. A condition's time changes only when its status does.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from k8s_operator.app import App
from k8s_operator.children import selector_of

Status = dict[str, Any]
MOST_MESSAGE = 1024


def running(app: App, deployment: Mapping[str, Any] | None, before: Mapping[str, Any]) -> Status:
    """Give the status of an app whose children are as it asks."""
    seen = (deployment or {}).get("status") or {}
    return {
        "observedGeneration": app.generation,
        "replicas": seen.get("replicas", 0),
        "readyReplicas": seen.get("readyReplicas", 0),
        "selector": selector_of(app.name),
        "conditions": [
            _condition(before, app.generation, "Accepted", True, "Valid"),
            _condition(before, app.generation, "Reconciled", True, "ChildrenAsWanted"),
            _available(app, deployment, before),
        ],
    }


def _available(app: App, deployment: Mapping[str, Any] | None, before: Mapping[str, Any]) -> Status:
    seen, known = (deployment or {}).get("status") or {}, _find(before, "Available")
    ready = seen.get("readyReplicas", 0)
    if deployment is None or seen.get("observedGeneration") != deployment["metadata"].get("generation"):
        if known:  # the cluster has not looked at the change yet, so nobody knows better than before
            return dict(known)
    elif ready >= app.replicas:
        return _condition(before, app.generation, "Available", True, "AllReplicasReady")
    reason, message = _why_not(seen, ready, app.replicas)
    return _condition(before, app.generation, "Available", False, reason, message)


def refused(generation: int, reason: str, message: str, before: Mapping[str, Any]) -> Status:
    """Give the status of an app that cannot be run; what runs of it goes on."""
    kept = {key: before[key] for key in ("replicas", "readyReplicas", "selector") if key in before}
    available = _find(before, "Available")
    conditions = [
        _condition(before, generation, "Accepted", False, reason, message),
        _condition(before, generation, "Reconciled", False, reason),
    ]
    return {
        "observedGeneration": generation,
        **kept,
        "conditions": conditions + ([dict(available)] if available else []),
    }


def _why_not(seen: Mapping[str, Any], ready: int, wanted: int) -> tuple[str, str]:
    for condition in seen.get("conditions") or ():
        if condition["type"] == "Progressing" and condition["status"] == "False":
            return condition.get("reason") or "NotProgressing", condition.get("message") or ""
    return "ReplicasNotReady", f"{ready} of {wanted} are ready"


def _condition(  # noqa: PLR0913, PLR0917 - one for each field
    before: Mapping[str, Any], generation: int, type_: str, holds: bool, reason: str, message: str = ""
) -> Status:
    old, status = _find(before, type_), str(holds)
    since = old["lastTransitionTime"] if old and old["status"] == status else _now()
    return {
        "type": type_,
        "status": status,
        "reason": reason,
        "message": message[:MOST_MESSAGE],
        "observedGeneration": generation,
        "lastTransitionTime": since,
    }


def _find(status: Mapping[str, Any], type_: str) -> Mapping[str, Any] | None:
    return next((one for one in status.get("conditions") or () if one.get("type") == type_), None)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
