"""Search as Tempo has it: a part of TraceQL, tags, durations, times."""

import json
from urllib.parse import quote

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from .conftest import NOON, SECOND, Backend, make_span

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
    ],
)
def test_traceql_finds_traces_with_one_span_that_fulfils_all(
    backend: Backend, query: str, found: list[int]
) -> None:
    backend.send_spans(attributed(1, 1, "shop.tier", "gold"), attributed(2, 2, "shop.size", 8))
    paid = attributed(3, 3, "shop.paid", value=True)
    paid.status.CopyFrom(ERROR)
    backend.send_spans(paid, service="stock")

    traces = backend.tempo.search(query)

    assert sorted(int(trace.trace_id, 16) for trace in traces) == found


@pytest.mark.parametrize(
    "query",
    [
        "name",
        '{ name =~ "x" }',
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
