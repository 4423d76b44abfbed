"""Objects and their history: every change has a version, and watches go on from any that is remembered."""

import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import uuid4

from otelkit.testing.kubernetes.labels import labels_of
from otelkit.testing.kubernetes.refusals import Refusal, expired

Body = dict[str, Any]
Kind = tuple[str, str]  # group, plural
Where = tuple[str | None, str]  # namespace, name
REMEMBERED = 20_000  # changes of one kind


@dataclass(frozen=True)
class Change:
    """One entry of the history: `before` is the object as it was, for watches by label."""

    version: int
    type: str
    body: Body
    before: Body | None = None

    @cached_property
    def encoded(self) -> bytes:
        """The object, encoded once for all watches."""
        return json.dumps(self.body).encode()


def now() -> str:
    """Give the time as the API writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """All objects of a cluster; `listeners` hear each change as it happens."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self.version = 1
        self.objects: dict[Kind, dict[Where, Body]] = {}
        self.listeners: list[Callable[[Kind, Change], None]] = []
        self._remembered = remembered
        self._history: dict[Kind, deque[Change]] = {}
        self._untold: deque[tuple[Kind, Change]] = deque()
        self._forgotten = 0  # nobody can go on from before this version

    def find(self, kind: Kind, where: Where) -> Body | None:
        """Find an object."""
        return self.objects.get(kind, {}).get(where)

    def all_of(self, kind: Kind) -> Iterator[Body]:
        """Give the objects of a kind."""
        return iter(list(self.objects.get(kind, {}).values()))

    def add(self, kind: Kind, where: Where, body: Body) -> Body:
        """Take a new object in. Raises Refusal 409."""
        if self.find(kind, where) is not None:
            raise Refusal(409, "AlreadyExists", f'{kind[1]} "{where[1]}" already exists')
        metadata = dict(body.get("metadata") or {}, uid=str(uuid4()), creationTimestamp=now(), generation=1)
        return self._write("ADDED", kind, where, {**body, "metadata": metadata}, None)

    def replace(self, kind: Kind, where: Where, body: Body) -> Body:
        """Put a changed object in its place; nothing happens when nothing is changed."""
        old = self.objects[kind][where]
        if body == old:
            return old
        return self._write("MODIFIED", kind, where, body, old)

    def remove(self, kind: Kind, where: Where) -> Body:
        """Take an object out."""
        body = self.objects[kind].pop(where)
        change = self._change("DELETED", body, body)
        self._tell(kind, change)
        return change.body

    def since(self, kind: Kind, version: int) -> list[Change]:
        """Give the changes after a version. Raises Refusal 410 when some of them are forgotten."""
        history = self._history.get(kind, deque())
        overflown = len(history) == self._remembered and version < history[0].version - 1
        if overflown or version < self._forgotten:
            raise expired(version)
        return [change for change in history if change.version > version]

    def forget(self) -> None:
        """Forget all changes, as compaction does."""
        self._history.clear()
        self.version += 1
        self._forgotten = self.version

    def _write(self, type_: str, kind: Kind, where: Where, body: Body, before: Body | None) -> Body:
        change = self._change(type_, body, before)
        self.objects.setdefault(kind, {})[where] = change.body
        self._tell(kind, change)
        return change.body

    def _change(self, type_: str, body: Body, before: Body | None) -> Change:
        self.version += 1
        metadata = {**body["metadata"], "resourceVersion": str(self.version)}
        return Change(self.version, type_, {**body, "metadata": metadata}, before)

    def _tell(self, kind: Kind, change: Change) -> None:
        self._history.setdefault(kind, deque(maxlen=self._remembered)).append(change)
        self._untold.append((kind, change))
        if len(self._untold) > 1:  # a listener made this change: it is told after the one it answers
            return
        while self._untold:
            for listener in list(self.listeners):
                listener(*self._untold[0])
            self._untold.popleft()


def seen_by(change: Change, takes: Callable[[Any], bool]) -> str:
    """Give the type under which a watch by label sees a change; empty when it does not."""
    is_in = takes(labels_of(change.body)) and change.type != "DELETED"
    was_in = change.before is not None and takes(labels_of(change.before))
    if is_in:
        return "MODIFIED" if was_in else "ADDED"
    return "DELETED" if was_in else ""
