"""Search as Tempo has it: a part of TraceQL, tags, durations, times."""

import json
import time
from urllib.parse import quote

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from .conftest import NOON, SECOND, Backend, Page, make_span

ERROR = Status(code=Status.STATUS_CODE_ERROR)


def attributed(number: int, trace: int, key: str, value: str | int | bool) -> Span:
    span = make_span(number, trace=trace)
    kind = {str: "string_value", bool: "bool_value", int: "int_value"}[type(value)]
    setattr(span.attributes.add(key=key).value, kind, value)
    return span


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3]),
        ("{}", [1, 2, 3]),
        ('{ resource.service.name = "shop" }', [1, 2]),
        ('{ name = "span 2" }', [2]),
        ("{ status = error }", [3]),
        ('{ .shop.tier = "gold" && name != "span 2" }', [1]),
        ("{ span.shop.size > 7 }", [2]),
        ("{ span.shop.paid = true }", [3]),
        ("{ span.shop.size = true }", []),
        ('{ resource.shop.tier = "gold" }', []),
        ("{ duration >= 1ms && kind = unspecified }", [1, 2, 3]),
        ("{ duration > 1s }", []),
        ('{ name =~ "span [12]" }', [1, 2]),
        ('{ name !~ "span [12]" }', [3]),
        ('{ .shop.tier =~ "g.*" }', [1]),
        ('{ .shop.tier =~ "g" }', []),
        ('{ resource.service.name =~ "s(hop|tock)" && .shop.paid = nil }', [1, 2]),
        ("{ span.shop.tier != nil }", [1]),
        ("{ .service.name != nil && .shop.size = nil }", [1, 3]),
        ('{ resource.service.name = "shop" && span.shop.size = 8.0 }', [2]),
        ('{ .shop.nothing = "x" }', []),
        ('{ .shop.tier != "gold" }', []),
    ],
)
@pytest.mark.parametrize("sealed", [False, True])
def test_traceql_finds_traces_with_one_span_that_fulfils_all(
    backend: Backend, query: str, found: list[int], *, sealed: bool
) -> None:
    backend.send_spans(attributed(1, 1, "shop.tier", "gold"), attributed(2, 2, "shop.size", 8))
    paid = attributed(3, 3, "shop.paid", value=True)
    paid.status.CopyFrom(ERROR)
    backend.send_spans(paid, service="stock")
    if sealed:
        backend.viewer._writer._store.close()

    traces = backend.tempo.search(query)

    assert sorted(int(trace.trace_id, 16) for trace in traces) == found


@pytest.mark.parametrize(
    "query",
    [
        "name",
        '{ duration =~ "x" }',
        "{ .x =~ 1 }",
        "{ .x > nil }",
        "{ duration = nil }",
        "{ status = nil }",
        '{ .x = "a" }' + "}" * 10_000,
        '{ name = "a" } | count() > 1',
        '{ name = "a" || name = "b" }',
        "{ status = purple }",
        "{ status > error }",
        '{ name > "a" }',
        "{ name = 1 }",
        '{ nonsense = "a" }',
        '{ name = "a" && }',
        '{ name = "a" name = "b" }',
        '{ name = "a',
        "{" * 10_000,
    ],
)
def test_other_traceql_is_refused_and_told_what_is_supported(backend: Backend, query: str) -> None:
    page = backend.get(f"/api/search?q={quote(query)}")

    assert page.status == 400
    assert "supported is {" in page.text
    assert len(page.text) < 1_000


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("service.name=SHO", 1),
        ('name="span 1"', 1),
        ("status=ok", 0),
        ("shop.tier=old service.name=shop", 1),
        ("shop.tier=old service.name=stock", 0),
    ],
)
def test_tags_are_matched_as_parts_without_regard_to_case(backend: Backend, tags: str, found: int) -> None:
    backend.send_spans(attributed(1, 1, "shop.tier", "Gold"))

    assert len(backend.tempo.search(tags=tags)) == found


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ("minDuration=999ms", 1),
        ("minDuration=1.5s", 0),
        ("maxDuration=1h", 1),
        ("maxDuration=10ms", 0),
        ("limit=0", 0),
        (f"start={NOON // SECOND}&end={NOON // SECOND + 10}", 1),
        (f"start={NOON // SECOND + 2}", 0),
    ],
)
def test_search_is_narrowed_by_duration_time_and_limit(backend: Backend, parameters: str, found: int) -> None:
    backend.send_spans(make_span(1))

    assert len(json.loads(backend.get(f"/api/search?{parameters}").text)["traces"]) == found


@pytest.mark.parametrize(
    "parameters", ["minDuration=5", "limit=-1", "limit=x", "start=1e9", "tags=%22", "tags=x"]
)
def test_wrong_parameter_is_a_400_that_repeats_it(backend: Backend, parameters: str) -> None:
    page = backend.get(f"/api/search?{parameters}")

    assert page.status == 400
    assert page.headers["content-type"].startswith("text/plain")


def search_name(backend: Backend, pattern: str) -> Page:
    query = quote("{ name =~ " + json.dumps(pattern) + " }")
    return backend.get(f"/api/search?q={query}")


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "(x*)*y", "((a{1,30}){1,30})b", "(" * 499 + ")" * 499]
)
def test_expression_that_would_take_forever_is_quick(backend: Backend, pattern: str) -> None:
    spans = [make_span(number, name="a" * 250, trace=number) for number in range(1, 100)]
    backend.send_spans(*spans)

    begin = time.monotonic()
    page = search_name(backend, pattern)

    assert page.status in (200, 400)
    assert time.monotonic() - begin < 2


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "missing )"),
        ("(?=a)", "assert is not supported"),
        (r"(a)\1", "groupref is not supported"),
        ("a{1001}", "repeats more than 1000 times"),
        ("((((a{100}){100}){100}){100})", "it is too large"),
        ("a" * 1_001, "longer than 1000 characters"),
    ],
)
def test_expression_that_cannot_be_is_a_400_that_says_why(
    backend: Backend, pattern: str, reason: str
) -> None:
    page = search_name(backend, pattern)

    assert (page.status, reason in page.text) == (400, True), page.text


def test_traces_of_many_blocks_come_latest_first_whatever_the_order_of_arrival(backend: Backend) -> None:
    for first in (2_001, 1_001, 1):
        numbers = range(first, first + 1_000)
        backend.send_spans(
            *(make_span(1, trace=each, start_time_unix_nano=NOON - SECOND + each * 1_000) for each in numbers)
        )

    found = backend.tempo.search('{ name = "span 1" }', limit=5)

    assert [int(trace.trace_id, 16) for trace in found] == [3_000, 2_999, 2_998, 2_997, 2_996]


def test_search_by_duration_of_the_trace_and_by_its_spans(backend: Backend) -> None:
    backend.send_spans(make_span(1, trace=1), make_span(2, trace=2, end_time_unix_nano=NOON + 5 * SECOND))
    backend.send_spans(make_span(3, trace=3, end_time_unix_nano=NOON + 5 * SECOND), service="stock")

    page = backend.get("/api/search?minDuration=2s&tags=service.name%3Dstock")

    assert [trace["traceID"] for trace in json.loads(page.text)["traces"]] == ["3"]
