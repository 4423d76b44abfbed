"""Exemplars: which measurements, with whose ids, and once for each reader."""

import time

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from .conftest import MakeKept
from .kept import Kept


def test_exemplar_is_the_last_of_its_bucket_with_ids_value_and_time(kept: MakeKept) -> None:
    side = kept()
    histogram = side.meter.create_histogram("h", explicit_bucket_boundaries_advisory=[1, 2])
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("t")
    began = time.time_ns()
    for amount in (0.5, 0.75, 5):
        with tracer.start_as_current_span("work") as span:
            histogram.record(amount, {"a": 1})

    (point,) = side.points()
    found = point.exemplars
    assert [each.value for each in found] == [0.75, 5]
    last = span.get_span_context()
    assert (found[1].trace_id, found[1].span_id) == (last.trace_id, last.span_id)
    assert began <= found[0].time_unix_nano <= found[1].time_unix_nano <= time.time_ns()


@pytest.mark.parametrize(
    ("exemplars", "expected"),
    [("trace_based", [3]), ("always_on", [1, 2, 3]), ("always_off", [])],
)
@pytest.mark.parametrize("histograms", ["direct", "sdk"])
def test_filter_chooses_by_the_span(
    kept: MakeKept, histograms: str, exemplars: str, expected: list[int]
) -> None:
    side = kept(histograms, exemplars)
    histogram = side.meter.create_histogram("h", explicit_bucket_boundaries_advisory=[1, 2])
    histogram.record(1)
    with TracerProvider(ALWAYS_OFF, shutdown_on_exit=False).get_tracer("t").start_as_current_span("dropped"):
        histogram.record(2)
    with TracerProvider(shutdown_on_exit=False).get_tracer("t").start_as_current_span("sampled"):
        histogram.record(3)

    (point,) = side.points()
    assert [each.value for each in point.exemplars] == expected


def test_measurement_outside_of_any_span_has_no_ids(kept: MakeKept) -> None:
    side = kept(exemplars="always_on")
    side.meter.create_histogram("h").record(1)

    (exemplar,) = side.points()[0].exemplars
    assert (exemplar.trace_id, exemplar.span_id) == (None, None)


def test_each_reader_gets_each_exemplar_once(kept: MakeKept) -> None:
    side = kept(exemplars="always_on")
    histogram = side.meter.create_histogram("h")
    histogram.record(1)

    assert [_exemplars(side), _exemplars(side)] == [1, 0]
    assert [_on_the_page(side), _on_the_page(side)] == [1, 0]
    histogram.record(1)
    assert [_on_the_page(side), _exemplars(side)] == [1, 1]


def _exemplars(side: Kept) -> int:
    return sum(len(point.exemplars) for point in side.points())


def _on_the_page(side: Kept) -> int:
    return sum(" # {" in line for line in side.page())
