"""What a request asks for, out of its address; every mistake is a ValueError that says what is expected."""

import re
from collections.abc import Iterator, Mapping

from otelkit.viewer.conditions import CONTAINS, Condition
from otelkit.viewer.durations import parse_duration
from otelkit.viewer.finding import Search
from otelkit.viewer.logfmt import parse_tags, status_condition
from otelkit.viewer.time_range import UNBOUNDED, time_range_of
from otelkit.viewer.traceql import parse_traceql

_TRACE_ID = re.compile(r"[0-9a-fA-F]{1,32}", re.ASCII)
_SPAN_ID = re.compile(r"[0-9a-fA-F]{16}", re.ASCII)
_NANOS = re.compile(r"\d{1,19}", re.ASCII)
_WHOLE_NUMBER = re.compile(r"\d{1,10}", re.ASCII)
_DEFAULT_LIMIT = 20
_LARGEST_LIMIT = 1_000
PAGE_LIMIT = 100
_LATER_SPANS_NANOS = 600 * 10**9
_DEFAULT_SPANS, _MOST_SPANS = 3, 100


def parse_trace_id(text: str) -> bytes:
    """16 bytes of up to 32 hex digits; shorter ones are padded from the left, as Tempo does."""
    if not _TRACE_ID.fullmatch(text):
        raise ValueError(f"{text!r:.80} is not a trace id: it has 1 to 32 hex digits")
    return bytes.fromhex(text.zfill(32))


def parse_span_id(text: str) -> bytes:
    """8 bytes of 16 hex digits."""
    if not _SPAN_ID.fullmatch(text):
        raise ValueError(f"{text!r:.80} is not a span id: it has 16 hex digits")
    return bytes.fromhex(text)


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


def spans_per_set(parameters: Mapping[str, str]) -> int:
    """How many spans of each trace found by TraceQL are shown (`spss`)."""
    return min(_number(parameters, "spss", _DEFAULT_SPANS), _MOST_SPANS)


def page_search_of(parameters: Mapping[str, str]) -> Search:
    """The search of the page's form: service, name, status, attributes, min and max, a time range, before."""
    times = time_range_of(parameters)
    before = nanos_of(parameters, "before", UNBOUNDED)
    return Search(
        conditions=tuple(_page_conditions(parameters)),
        shortest_nanos=_duration(parameters, "min", 0),
        longest_nanos=_duration(parameters, "max", UNBOUNDED),
        start_nanos=times.start_nanos,
        # Of a trace that begins before, the span that is looked for may begin later.
        end_nanos=min(times.end_nanos, before + _LATER_SPANS_NANOS),
        limit=PAGE_LIMIT,
        before_nanos=before,
    )


def _page_conditions(parameters: Mapping[str, str]) -> Iterator[Condition]:
    if service := parameters.get("service", ""):
        yield Condition("resource.service.name", "=", service)
    if name := parameters.get("name", "").strip():
        yield Condition("name", CONTAINS, name)
    if status := parameters.get("status", "").strip():
        yield status_condition(status)
    attributes = parameters.get("attributes", "").strip()
    yield from parse_traceql(attributes) if attributes.startswith("{") else parse_tags(attributes)


def _duration(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, "").strip()
    return parse_duration(text) if text else default


def nanos_of(parameters: Mapping[str, str], name: str, default: int) -> int:
    """A time that an address of ours has, as nanoseconds."""
    text = parameters.get(name, "").strip()
    if not text:
        return default
    if not _NANOS.fullmatch(text):
        raise ValueError(f"{name}={text!r:.80} is not a number of nanoseconds")
    return min(int(text), UNBOUNDED)


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
