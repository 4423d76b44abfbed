"""What a cluster's own controllers would do: deployments become ready, dependents of what is gone go too.

A deployment whose image has `unknown` in its name never becomes ready, as if it could not be pulled.
"""

from otelkit.testing.kubernetes.kinds import BUILT_IN, DEPLOYMENTS
from otelkit.testing.kubernetes.store import Body, Change, Kind, Store, Where
from otelkit.testing.kubernetes.writing import Writer

_INFOS = {(info.group, info.plural): info for info in BUILT_IN}


class Controllers:
    """Hears of every change, and answers with changes of its own."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store, self._writer = store, writer
        self._dependents: dict[str, dict[tuple[Kind, Where], None]] = {}
        self._gone: set[str] = set()

    def hear(self, kind: Kind, change: Change) -> None:
        """Take one change."""
        metadata = change.body["metadata"]
        if change.type == "DELETED":
            self._gone.add(metadata["uid"])
            self._collect(metadata["uid"])
            return
        for owner in metadata.get("ownerReferences") or ():
            known = self._dependents.setdefault(owner["uid"], {})
            known[kind, (metadata.get("namespace"), metadata["name"])] = None
            if owner["uid"] in self._gone:  # made for an owner that went meanwhile
                self._collect(owner["uid"])
                return
        if kind == DEPLOYMENTS:
            self._run(change.body)

    def _collect(self, uid: str) -> None:
        for kind, where in self._dependents.pop(uid, {}):
            body = self._store.find(kind, where)
            if body is not None and kind in _INFOS:
                self._writer.delete(_INFOS[kind], where)

    def _run(self, body: Body) -> None:
        metadata, spec, status = body["metadata"], body["spec"], body.get("status") or {}
        if status.get("observedGeneration") == metadata["generation"]:
            return
        images = [container["image"] for container in spec["template"]["spec"]["containers"]]
        runs = not any("unknown" in image for image in images)
        replicas = spec.get("replicas", 1)
        ready = replicas if runs else 0
        conditions = [{"type": "Available", "status": str(runs), "reason": "MinimumReplicasAvailable"}]
        if not runs:
            message = f"cannot pull {images[0]}"
            late = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
            conditions = [
                {**conditions[0], "reason": "MinimumReplicasUnavailable"},
                {**late, "message": message},
            ]
        counts = dict.fromkeys(("readyReplicas", "availableReplicas", "updatedReplicas"), ready)
        new = {
            "observedGeneration": metadata["generation"],
            "replicas": replicas,
            **counts,
            "conditions": conditions,
        }
        where = metadata["namespace"], metadata["name"]
        stored = self._store.find(DEPLOYMENTS, where)
        if stored is not None:
            self._writer.replace(_INFOS[DEPLOYMENTS], where, "status", {**stored, "status": new})
