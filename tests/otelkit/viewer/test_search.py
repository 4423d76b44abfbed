"""Search as Tempo has it: a part of TraceQL, tags, durations, times."""

import json

import pytest

from .conftest import NOON, SECOND, Backend, attributed, make_span


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
