"""What a request asks for, out of its address; every mistake is a ValueError that says what is expected."""

import re
from collections.abc import Mapping

from otelkit.viewer.conditions import CONTAINS, Condition
from otelkit.viewer.durations import parse_duration
from otelkit.viewer.finding import Search
from otelkit.viewer.logfmt import parse_tags
from otelkit.viewer.traceql import parse_traceql

_TRACE_ID = re.compile(r"[0-9a-fA-F]{1,32}", re.ASCII)
_WHOLE_NUMBER = re.compile(r"\d{1,10}", re.ASCII)
_DEFAULT_LIMIT = 20
_LARGEST_LIMIT = 1_000
_PAGE_LIMIT = 100
_ERROR = 2


def parse_trace_id(text: str) -> bytes:
    """16 bytes of up to 32 hex digits; shorter ones are padded from the left, as Tempo does."""
    if not _TRACE_ID.fullmatch(text):
        raise ValueError(f"{text!r:.80} is not a trace id: it has 1 to 32 hex digits")
    return bytes.fromhex(text.zfill(32))


def search_of(parameters: Mapping[str, str]) -> Search:
    """A search of Tempo's API: q or tags, minDuration, maxDuration, start, end (seconds), limit."""
    conditions = parse_traceql(parameters.get("q", "")) + parse_tags(parameters.get("tags", ""))
    search = Search(conditions=tuple(conditions))
    return Search(
        conditions=search.conditions,
        shortest_nanos=_duration(parameters, "minDuration", search.shortest_nanos),
        longest_nanos=_duration(parameters, "maxDuration", search.longest_nanos),
        start_nanos=_seconds(parameters, "start", search.start_nanos),
        end_nanos=_seconds(parameters, "end", search.end_nanos),
        limit=min(_number(parameters, "limit", _DEFAULT_LIMIT), _LARGEST_LIMIT),
    )


def page_search_of(parameters: Mapping[str, str]) -> Search:
    """The search of the page's form: service, name, errors, min (a duration)."""
    conditions = []
    if service := parameters.get("service", ""):
        conditions.append(Condition("resource.service.name", "=", service))
    if name := parameters.get("name", "").strip():
        conditions.append(Condition("name", CONTAINS, name))
    if parameters.get("errors"):
        conditions.append(Condition("status", "=", _ERROR))
    shortest = _duration(parameters, "min", 0)
    return Search(conditions=tuple(conditions), shortest_nanos=shortest, limit=_PAGE_LIMIT)


def _duration(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, "").strip()
    return parse_duration(text) if text else default


def _seconds(parameters: Mapping[str, str], name: str, default: int) -> int:
    seconds = _number(parameters, name, 0)
    return min(seconds * 10**9, 2**63 - 1) if seconds else default


def _number(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, "").strip()
    if not text:
        return default
    if not _WHOLE_NUMBER.fullmatch(text):
        raise ValueError(f"{name}={text!r:.80} is not a whole number")
    return int(text)
