"""The `tags` of Tempo's search: `service.name=shop http.route="/orders/{id}"`.

Values are matched as substrings without regard to case, as Tempo's documentation says.
"""

import re

from opentelemetry.proto.trace.v1.trace_pb2 import Status

from otelkit.viewer.conditions import CONTAINS, Condition

_PAIR = re.compile(r'\s*([^\s="]+)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?=\s|$)')
_KEY = re.compile(r"(?!name$|status)[\w./-]{1,200}")
_LONGEST = 200
_STATUS_KEYS = ("status", "status.code")


def parse_tags(text: str) -> list[Condition]:
    """Conditions that one span has to fulfil; raises ValueError naming the text."""
    conditions = []
    position = 0
    while text[position:].strip():
        match = _PAIR.match(text, position)
        if match is None:
            raise ValueError(f'tags {text!r:.200} are not logfmt: write key=value other="with space"')
        conditions.append(_condition(match[1], _unquoted(match[2])))
        position = match.end()
    return conditions


def _condition(key: str, value: str) -> Condition:
    if key in _STATUS_KEYS:
        return status_condition(value)
    if key == "name":
        return Condition("name", CONTAINS, value)
    return Condition("resource.service.name" if key == "service.name" else f".{key}", CONTAINS, value)


def tag_of(key: str, value: object) -> str:
    """What `parse_tags` finds an attribute by; empty where it could not, or a field has no room for it."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if not isinstance(value, str | int | float) or not _KEY.fullmatch(key) or not 0 < len(text) <= _LONGEST:
        return ""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'{key}="{escaped}"'


def status_condition(value: str) -> Condition:
    """The span's status is ok, error or unset; raises ValueError for another."""
    name = f"STATUS_CODE_{value.upper()}"
    if name not in Status.StatusCode.keys():  # noqa: SIM118 - protobuf's enum is no mapping
        raise ValueError(f"status {value!r:.80} is not ok, error or unset")
    return Condition("status", "=", int(Status.StatusCode.Value(name)))


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
