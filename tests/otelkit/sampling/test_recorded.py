"""The traces that the benchmark of sampling strategies replays."""

from collections import Counter

import pytest

from bench.sampling_shapes import read_shapes
from bench.sampling_traces import (
    BURSTS,
    CALM_ERRORS,
    FAILING,
    HEALTHY,
    INCIDENT,
    INCIDENT_ERRORS,
    RARE_TRACES,
    SECONDS,
    Trace,
    record_traces,
)
from otelkit.sampling.thresholds import LOW_BITS

COUNT = 20_000


@pytest.fixture(scope="module")
def traces() -> list[Trace]:
    return record_traces(COUNT)


def test_shape_is_the_trace_of_the_readme() -> None:
    shape = read_shapes()["grpc-four-modes/reserve-supplied/0"]

    assert [(span.name.rpartition("/")[2], span.kind, span.parent, span.depth) for span in shape.spans] == [
        ("Reserve", "CLIENT", -1, 0),
        ("Reserve", "SERVER", 0, 1),
        ("Supply", "CLIENT", 1, 1),
        ("Supply", "SERVER", 2, 2),
        ("take stock", "INTERNAL", 1, 1),
    ]
    assert [span.is_entry for span in shape.spans] == [True, True, False, True, False]


def test_healthy_shapes_have_no_error_and_failing_ones_have() -> None:
    shapes = read_shapes()

    assert not any(shapes[name].is_error for name in HEALTHY)
    assert all(shapes[name].is_error for name in FAILING)


def test_traces_are_the_same_each_time(traces: list[Trace]) -> None:
    assert record_traces(COUNT) == traces


def test_traces_come_in_order_and_their_ids_are_random(traces: list[Trace]) -> None:
    assert [trace.at for trace in traces] == sorted(trace.at for trace in traces)
    assert 0 <= traces[0].at <= traces[-1].at <= SECONDS
    low = sum((trace.trace_id & LOW_BITS) < LOW_BITS // 10 for trace in traces)
    assert abs(low - COUNT / 10) < 4 * (COUNT * 0.09) ** 0.5


def test_errors_rise_in_the_incident_and_the_rare_endpoint_is_asked_twenty_times(traces: list[Trace]) -> None:
    seen: Counter[tuple[bool, bool]] = Counter()
    for trace in traces:
        seen[INCIDENT[0] <= trace.at < INCIDENT[1], trace.shape.is_error] += 1

    for inside, share in ((False, CALM_ERRORS), (True, INCIDENT_ERRORS)):
        of_all = seen[inside, False] + seen[inside, True]
        assert abs(seen[inside, True] - of_all * share) < 4 * (of_all * share) ** 0.5
    assert sum(trace.shape.block == "transfer-money" for trace in traces) == RARE_TRACES


def test_bursts_have_five_times_the_rate(traces: list[Trace]) -> None:
    inside = sum(begin <= trace.at < end for trace in traces for begin, end in BURSTS)
    seconds = sum(end - begin for begin, end in BURSTS)
    share = 5 * seconds / (SECONDS + 4 * seconds)

    assert abs(inside - COUNT * share) < 4 * (COUNT * share * (1 - share)) ** 0.5
