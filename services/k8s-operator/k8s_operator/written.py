"""What was written a moment ago, for as long as watches have not shown it.

A watch is behind: between a write and its event come events of before, and judged by those an app would be
corrected twice. Versions are compared as numbers, which the API allows by now
(https://github.com/kubernetes/enhancements/issues/5504); where one is none, the watch is believed.
"""

from collections.abc import Mapping
from typing import Any

from k8s_operator.app import App
from k8s_operator.cache import kept_of
from k8s_operator.children import children_of

Body = Mapping[str, Any]


class Written:
    """The latest writes for one app, by kind."""

    def __init__(self) -> None:
        self._bodies: dict[str, Body] = {}
        self._wanted: tuple[int, list[dict[str, Any]]] = (-1, [])

    def wanted(self, app: App) -> list[dict[str, Any]]:
        """Give the app's children, built once for each generation of it."""
        if self._wanted[0] != app.generation:
            self._wanted = app.generation, children_of(app)
        return self._wanted[1]

    def note(self, kind: str, body: Body) -> None:
        """Remember the API's answer to a write."""
        self._bodies[kind] = kept_of(body)

    def gone(self, kind: str, body: Body) -> None:
        """Forget a write when the object of this version is the one that went."""
        written = self._bodies.get(kind)
        if written is not None and not _is_older(body, written):
            del self._bodies[kind]

    def latest(self, kind: str, seen: Body | None) -> Body | None:
        """Give what was written when it is newer than what was seen; an object that is gone is gone."""
        written = self._bodies.get(kind)
        if written is None or (seen is not None and not _is_older(seen, written)):
            self._bodies.pop(kind, None)
            return seen
        return written


def _is_older(one: Body, other: Body) -> bool:
    versions = one["metadata"].get("resourceVersion", ""), other["metadata"].get("resourceVersion", "")
    return all(version.isdigit() for version in versions) and int(versions[0]) < int(versions[1])
