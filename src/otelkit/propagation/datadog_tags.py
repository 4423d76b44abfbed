"""What Datadog's tracers send beside the ids: priority, origin and tags, in headers or in tracestate.

In headers (`x-datadog-tags: _dd.p.dm=-4,_dd.p.usr=7`) a tag begins with `_dd.p.`; in tracestate the same is
`dd=s:2;o:rum;t.dm:-4;t.usr:7`, in which `=` is written as `~` and what cannot stand there as `_`. Limits are
those of Datadog's tracers: 512 characters of tags, which are dropped altogether when one is malformed,
and 256 of the member, out of which go whole tags.
"""

import re
from typing import NamedTuple

PREFIX = "_dd.p."
UPPER_ID, DECISION_MAKER = "_dd.p.tid", "_dd.p.dm"
MAX_TAGS, MAX_MEMBER = 512, 256
_NEVER = frozenset({"_dd.p.upstream_services", UPPER_ID})  # the id is in the ids; the other is out of use
_TAG = re.compile(r"([\x21-\x2b\x2d-\x3c\x3e-\x7e]+)=([\x20-\x2b\x2d-\x7e]+)")
_PRIORITY = re.compile(r"-?[0-9]{1,3}")
_MAKER = re.compile(r"-[0-9]{1,3}")
_ORIGIN = re.compile(r"[\x20-\x7e]{1,128}")
_NOT_IN_MEMBER = re.compile(r"[^\x20-\x2b\x2d-\x3a\x3c-\x7d]")
_NOT_IN_NAME = re.compile(r"[^\x21-\x2b\x2d-\x39\x3c\x3e-\x7d]")


class Beside(NamedTuple):
    """Sampling priority (positive keeps the trace), where the trace began, tags by their names in headers."""

    priority: int | None = None
    origin: str = ""
    tags: tuple[tuple[str, str], ...] = ()


def read_priority(text: str | None) -> int | None:
    """Read the sampling priority; None when it is none."""
    return int(text) if text and _PRIORITY.fullmatch(text) else None


def read_origin(text: str | None) -> str:
    """Read the origin; empty when it is none, or of no use."""
    return text if text and _ORIGIN.fullmatch(text) else ""


def read_tags(header: str | None) -> dict[str, str]:
    """Read `x-datadog-tags`; nothing when it is too long or one of them is malformed."""
    tags: dict[str, str] = {}
    if not header or len(header) > MAX_TAGS:
        return tags
    for text in header.split(","):
        match = _TAG.fullmatch(text.strip(" "))
        if match is None:
            return {}
        if match[1].startswith(PREFIX):
            tags[match[1]] = match[2]
    if _MAKER.fullmatch(tags.get(DECISION_MAKER, "-0")) is None:
        del tags[DECISION_MAKER]
    return tags


def write_tags(upper_id: int, tags: tuple[tuple[str, str], ...]) -> str:
    """Write `x-datadog-tags`: the upper 64 bits of the trace id, and the tags that fit beside them."""
    texts = [f"{UPPER_ID}={upper_id:016x}"] if upper_id else []
    for name, value in tags:
        text = f"{name}={value}"
        if len(",".join([*texts, text])) <= MAX_TAGS:
            texts.append(text)
    return ",".join(texts)


def write_member(beside: Beside) -> str:
    """Write the member `dd` of tracestate; empty when there is nothing to say."""
    parts = [] if beside.priority is None else [f"s:{beside.priority}"]
    if beside.origin:
        parts.append("o:" + _for_member(beside.origin))
    parts += [
        f"t.{_NOT_IN_NAME.sub('_', name.removeprefix(PREFIX))}:{_for_member(value)}"
        for name, value in beside.tags
        if name not in _NEVER
    ]
    member = ""
    for part in parts:
        longer = f"{member};{part}" if member else part
        if len(longer) <= MAX_MEMBER:
            member = longer
    return member.rstrip(" ")


def read_member(member: str | None) -> Beside:
    """Read the member `dd` of tracestate; what is malformed in it is left out."""
    priority, origin, tags = None, "", {}
    for part in (member or "").split(";"):
        name, colon, value = part.partition(":")
        value = value.replace("~", "=")
        if not colon or not value:
            continue
        if name == "s":
            priority = read_priority(value)
        elif name == "o":
            origin = read_origin(value)
        elif name.startswith("t.") and _TAG.fullmatch(text := f"{PREFIX}{name[2:]}={value}"):
            tags.update(read_tags(text))
    return Beside(priority, origin, tuple((name, tags[name]) for name in tags if name not in _NEVER))


def _for_member(value: str) -> str:
    return _NOT_IN_MEMBER.sub("_", value).replace("=", "~")
