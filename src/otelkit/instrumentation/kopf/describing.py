"""What a handler call is about: its reason, its object, and whether it always has a span."""

from collections.abc import Mapping
from typing import Any

from kopf._core.intents import causes, handlers
from opentelemetry.semconv.attributes.k8s_attributes import K8S_NAMESPACE_NAME

GROUP, VERSION, PLURAL = "kopf.resource.group", "kopf.resource.version", "kopf.resource.plural"
KIND, NAME, UID = "kopf.object.kind", "kopf.object.name", "kopf.object.uid"
GENERATION = "kopf.object.generation"
HANDLER, REASON, RETRY, OUTCOME = "kopf.handler.id", "kopf.reason", "kopf.retry", "kopf.outcome"
Attributes = dict[str, str | int]

_UNOBSERVED = (handlers.DaemonHandler, handlers.IndexingHandler)
_LOOKING = frozenset({"resume", "event", "timer", "probe", "authentication"})


def metadata_of(cause: Any) -> Mapping[str, Any]:
    """Give an object's metadata: as it came, because kopf's view of it takes microseconds for each key."""
    source = getattr(cause.body, "_src", cause.body)
    found: Mapping[str, Any] = source.get("metadata") or {}
    return found


def is_observed(handler: Any) -> bool:
    """Whether calls of a handler have telemetry."""
    return not isinstance(handler, _UNOBSERVED)


def reason_of(cause: Any, handler: Any) -> str:
    """Give the reason of a call, of which there are few."""
    if isinstance(cause, causes.ActivityCause):
        return str(cause.activity)
    if isinstance(cause, causes.WebhookCause):
        return str(handler.reason)
    if isinstance(cause, causes.ChangingCause):
        return str(cause.reason)
    return "timer" if isinstance(handler, handlers.TimerHandler) else "event"


def only_looks(reason: str) -> bool:
    """Whether a call for this reason has a span only when it does something."""
    return reason in _LOOKING


def measured(cause: Any, handler: Any, reason: str) -> Attributes:
    """Give what metrics have of a call: nothing that grows with the number of objects."""
    known: Attributes = {REASON: reason, HANDLER: str(handler.id)}
    if isinstance(cause, causes.ResourceCause):
        known[GROUP], known[PLURAL] = cause.resource.group, cause.resource.plural
    return known


def described(cause: Any, known: Attributes, retry: int) -> Attributes:
    """Give what a span says of a call at its start."""
    attributes = {**known, RETRY: retry}
    if not isinstance(cause, causes.ResourceCause):
        return attributes
    metadata = metadata_of(cause)
    attributes[VERSION] = cause.resource.version
    found = {
        NAME: metadata.get("name"),
        UID: metadata.get("uid"),
        GENERATION: metadata.get("generation"),
        K8S_NAMESPACE_NAME: metadata.get("namespace"),
    }
    return attributes | {key: value for key, value in found.items() if value is not None}


def name_of(known: Attributes) -> str:
    """Give the name of a call's span."""
    return f"{known[REASON]} {known[PLURAL]}" if PLURAL in known else str(known[REASON])
