"""What a write does to an object beside the change itself: generation, status apart, finalizers, schema."""

from dataclasses import dataclass
from typing import Any

from otelkit.testing.kubernetes.kinds import KindInfo
from otelkit.testing.kubernetes.patches import apply, edit, merge, refuse_conflicts
from otelkit.testing.kubernetes.refusals import Refusal, conflict, invalid, not_found
from otelkit.testing.kubernetes.store import Body, Store, Where, now

FIXED = ("uid", "creationTimestamp", "generation", "resourceVersion", "deletionTimestamp", "managedFields")
MOST_ANNOTATION_BYTES = 262_144


@dataclass(frozen=True)
class Patch:
    """What a PATCH asks for."""

    content_type: str
    body: Any
    manager: str = ""
    force: bool = False


class Writer:
    """Writes to a store as the API server would."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._applied: dict[str, dict[str, Body]] = {}  # by uid: what each manager applied

    def create(self, info: KindInfo, where: Where, body: Body) -> Body:
        """Take a new object in. Raises Refusal 409, 422."""
        metadata = {**(body.get("metadata") or {}), "name": where[1]}
        if info.namespaced:
            metadata["namespace"] = where[0]
        body = {**body, "apiVersion": info.api_version, "kind": info.kind, "metadata": metadata}
        if "status" in info.subresources:
            body.pop("status", None)
        return self._store.add((info.group, info.plural), where, self._admit(info, body, None))

    def patch(self, info: KindInfo, where: Where, sub: str, asked: Patch) -> Body:
        """Change an object, or make it by apply. Raises Refusal 404, 409, 422."""
        old = self._store.find((info.group, info.plural), where)
        if "apply-patch" in asked.content_type:
            return self._apply(info, where, sub, asked)
        if old is None:
            raise not_found(info.plural, where[1])
        if "json-patch" in asked.content_type:
            return self.replace(info, where, sub, edit(old, asked.body))
        _refuse_stale(asked.body.get("metadata") or {}, old)
        return self.replace(info, where, sub, merge(old, asked.body))

    def replace(self, info: KindInfo, where: Where, sub: str, new: Body) -> Body:
        """Put a changed object in place. Raises Refusal 404, 409, 422."""
        kind = info.group, info.plural
        old = self._store.find(kind, where)
        if old is None:
            raise not_found(info.plural, where[1])
        _refuse_stale(new.get("metadata") or {}, old)
        new = _settled(info, old, new, sub)
        if new == old:
            return old
        if _content(new) != _content(old):
            new = self._admit(info, new, old)
            if _content(new) != _content(old):
                new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1
        _refuse_large(new)
        written = self._store.replace(kind, where, new)
        if written["metadata"].get("deletionTimestamp") and not written["metadata"].get("finalizers"):
            return self._store.remove(kind, where)
        return written

    def delete(self, info: KindInfo, where: Where) -> Body:
        """Take an object out, or mark it when it has finalizers. Raises Refusal 404."""
        kind = info.group, info.plural
        old = self._store.find(kind, where)
        if old is None:
            raise not_found(info.plural, where[1])
        metadata = old["metadata"]
        if not metadata.get("finalizers"):
            self._applied.pop(metadata["uid"], None)
            return self._store.remove(kind, where)
        if metadata.get("deletionTimestamp"):
            return old
        marked = {**metadata, "deletionTimestamp": now(), "generation": metadata["generation"] + 1}
        return self._store.replace(kind, where, {**old, "metadata": marked})

    def _apply(self, info: KindInfo, where: Where, sub: str, asked: Patch) -> Body:
        old = self._store.find((info.group, info.plural), where)
        if not asked.manager:
            raise Refusal(400, "BadRequest", "fieldManager is required for apply patch")
        if old is None and sub:
            raise not_found(info.plural, where[1])
        wanted = {key: value for key, value in asked.body.items() if key not in ("apiVersion", "kind")}
        managed = self._applied.get(old["metadata"]["uid"], {}) if old else {}
        key = f"{asked.manager}/{sub}"
        if not asked.force:
            refuse_conflicts(wanted, {name: body for name, body in managed.items() if name != key})
        if old is None:
            written = self.create(info, where, asked.body)
        else:
            _refuse_stale(wanted.get("metadata") or {}, old)
            written = self.replace(info, where, sub, apply(old, wanted, managed.get(key)))
        self._applied.setdefault(written["metadata"]["uid"], {})[key] = wanted
        return written

    def _admit(self, info: KindInfo, body: Body, old: Body | None) -> Body:
        return info.schema.admit(body, old) if info.schema else body


def _settled(info: KindInfo, old: Body, new: Body, sub: str) -> Body:
    """Give the object with what this way of writing may not change as it was."""
    if sub == "status":
        return {**old, "status": new.get("status") or {}}
    metadata = {key: value for key, value in new["metadata"].items() if key not in FIXED}
    metadata |= {key: old["metadata"][key] for key in FIXED if key in old["metadata"]}
    for key in ("annotations", "labels", "finalizers", "ownerReferences"):
        if key in metadata and not metadata[key]:
            del metadata[key]
    settled = {**new, "apiVersion": info.api_version, "kind": info.kind, "metadata": metadata}
    if "status" in info.subresources:
        settled.pop("status", None)
        if "status" in old:
            settled["status"] = old["status"]
    return settled


def _content(body: Body) -> Body:
    return {key: value for key, value in body.items() if key not in ("metadata", "status")}


def _refuse_stale(metadata: Body, old: Body) -> None:
    asked = metadata.get("resourceVersion")
    if asked and asked != old["metadata"]["resourceVersion"]:
        raise conflict("the object has been modified; please apply your changes to the latest version")


def _refuse_large(body: Body) -> None:
    annotations = body["metadata"].get("annotations") or {}
    size = sum(len(key) + len(value) for key, value in annotations.items())
    if size > MOST_ANNOTATION_BYTES:
        raise invalid(f"metadata.annotations: Too long: may not be more than {MOST_ANNOTATION_BYTES} bytes")
