"""What the watches have shown: apps and their children, read without a call.

Filled by kopf's indices, which hold the first handler back until all lists were read, so that nothing is
taken for missing that was only not seen yet.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import kopf

from k8s_operator.names import APPLIED_DIGEST

Body = Mapping[str, Any]
KEPT = ("apiVersion", "kind", "spec", "data", "status")
KEPT_METADATA = (
    *("name", "namespace", "uid", "generation", "resourceVersion"),
    *("labels", "ownerReferences", "deletionTimestamp"),
)


def kept_of(body: Body) -> dict[str, Any]:
    """Give of an object what is looked at later: most of its metadata is not."""
    metadata = {key: body["metadata"][key] for key in KEPT_METADATA if key in body["metadata"]}
    annotations = body["metadata"].get("annotations") or {}
    if APPLIED_DIGEST in annotations:
        metadata["annotations"] = {APPLIED_DIGEST: annotations[APPLIED_DIGEST]}
    return {**{key: body[key] for key in KEPT if key in body}, "metadata": metadata}


class Children(Protocol):
    """Where children are found."""

    def child(self, kind: str, namespace: str, name: str) -> Body | None:
        """Give a child, None when there is none."""


class Cache:
    """Views of kopf's indices."""

    def __init__(self, indices: Mapping[str, Any]) -> None:
        self._indices = indices

    def child(self, kind: str, namespace: str, name: str) -> Body | None:
        """Give a child."""
        return self._find(kind, namespace, name)

    def app(self, namespace: str, name: str) -> Body | None:
        """Give an app."""
        return self._find("MyApp", namespace, name)

    def _find(self, kind: str, namespace: str, name: str) -> Body | None:
        index: kopf.Index[Any, Any] = self._indices[kind]
        found: Any = index.get((namespace, name))
        return next(iter(found), None) if found is not None else None
