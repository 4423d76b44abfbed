"""The `tracestate` header: several fields make one list, and a malformed list is no list.

The API's TraceState has the grammar of Level 1, in which a key may neither begin with a digit nor hold two
`@`, and would drop such members; this one has that of Level 2 (https://www.w3.org/TR/trace-context-2/#key).
Where a list is too long, whole members of more than 128 characters go, beginning with the last
(#tracestate-limits); a new member pushes the last of 32 out (#tracestate-header-field-values).
"""

import re
from collections.abc import Mapping, Sequence

from opentelemetry.trace import TraceState

MAX_MEMBERS = 32
MAX_CHARACTERS = 8192
_LARGE_MEMBER = 128
_MAX_READ = MAX_MEMBERS * (256 + len("=") + 256 + len(", "))  # no valid list needs more
_MEMBER = re.compile(
    r"([a-z0-9][a-z0-9_\-*/@]{0,255})"
    r"=([\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])"
)


class Level2TraceState(TraceState):
    """An immutable list of members, newest first; a wrong member is left out, and a second one of a key."""

    def __init__(self, entries: Sequence[tuple[str, str]] | None = None) -> None:
        super().__init__()
        for key, value in entries or ():
            if len(self._dict) < MAX_MEMBERS and key not in self._dict and _is_member(key, value):
                self._dict[key] = value

    @classmethod
    def from_header(cls, header_list: Sequence[str]) -> "Level2TraceState":
        """Read the fields in their order; empty unless all of them together are a well-formed list."""
        return _of(parse_tracestate(header_list))

    def add(self, key: str, value: str) -> "Level2TraceState":
        """Put a new member first; unchanged when the key is there already or the member is invalid."""
        return self if key in self._dict else self.update(key, value)

    def update(self, key: str, value: str) -> "Level2TraceState":
        """Put a member first in place of its old value; unchanged when it is invalid."""
        if not _is_member(key, value):
            return self
        others = [(name, other) for name, other in self._dict.items() if name != key]
        return _of(dict([(key, value), *others[: MAX_MEMBERS - 1]]))

    def delete(self, key: str) -> "Level2TraceState":
        """Leave a member out."""
        return _of({name: value for name, value in self._dict.items() if name != key})


EMPTY = Level2TraceState()


def parse_tracestate(headers: Sequence[str]) -> dict[str, str]:
    """Members in order, of each key the first and newest; none when one is malformed or there are over 32."""
    members: dict[str, str] = {}
    if sum(map(len, headers)) > _MAX_READ:
        return members
    for header in headers:
        for untrimmed in header.split(","):
            member = untrimmed.strip(" \t")
            if not member:
                continue
            match = _MEMBER.fullmatch(member)
            if match is None:
                return {}
            members.setdefault(match[1], match[2])
    return _shortened(members) if len(members) <= MAX_MEMBERS else {}


def _of(members: Mapping[str, str]) -> Level2TraceState:
    state = Level2TraceState()
    state._dict.update(members)  # noqa: SLF001 - of our own class; they are valid already
    return state


def _is_member(key: str, value: str) -> bool:
    return isinstance(key, str) and isinstance(value, str) and _MEMBER.fullmatch(f"{key}={value}") is not None


def _shortened(members: dict[str, str]) -> dict[str, str]:
    sizes = {key: len(key) + len(value) + len("=,") for key, value in members.items()}
    excess = sum(sizes.values()) - len(",") - MAX_CHARACTERS
    for key in reversed(list(members)):
        if excess > 0 and sizes[key] - len(",") > _LARGE_MEMBER:  # 32 of the others are never too long
            excess -= sizes[key]
            del members[key]
    return members
