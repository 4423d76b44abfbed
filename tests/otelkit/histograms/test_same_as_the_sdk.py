"""The same measurements through the SDK's histograms and through ours are the same metrics."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry import context
from opentelemetry.metrics import Histogram
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from .conftest import MakeKept
from .kept import Kept

PLAIN = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.0, 1.0, 2.5]) | st.text(max_size=2)
)
VALUES = st.recursive(
    PLAIN | st.binary(max_size=2) | st.just(1 + 2j),  # complex has no place in OTLP and becomes text
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(["a", "b", ""]), inner, max_size=2)
    ),
    max_leaves=4,
)
NAMES = st.sampled_from(["a", "b", "c", "", 1, "1", "otel.metric.overflow"])
SETS = st.none() | st.lists(st.tuples(NAMES, PLAIN | VALUES), max_size=4).map(dict) | st.just([1])
AMOUNTS = (
    st.integers(-8, 80_000).map(lambda eighths: eighths / 8)  # adds up without rounding
    | st.integers(0, 20_000)
    | st.booleans()
    | st.sampled_from([float("nan"), float("inf")])
)
BOUNDS: Any = (None, [0.5, 1, 2.5], [], [1, 1.0], "wrong")
MEASUREMENTS = st.lists(
    st.tuples(st.integers(0, len(BOUNDS) - 1), AMOUNTS, SETS, st.sampled_from([None, 0, 1])), max_size=30
)


@settings(max_examples=200, deadline=None)
@given(MEASUREMENTS, MEASUREMENTS, st.sampled_from(["trace_based", "always_off"]))
def test_otlp_and_the_page_are_equal_at_every_collection(first: Any, second: Any, exemplars: str) -> None:
    with _provider("direct", exemplars) as ours, _provider("sdk", exemplars) as theirs:
        both = [(side, _instruments(side)) for side in (ours, theirs)]
        for measurements in (first, second):
            refused = [_measure(instruments, measurements) for _, instruments in both]
            assert refused[0] == refused[1]
            assert ours.otlp() == theirs.otlp()
            assert ours.page() == theirs.page()


@pytest.mark.parametrize("histograms", ["direct", "sdk"])
def test_values_that_only_python_holds_equal_are_points_of_their_own(kept: MakeKept, histograms: str) -> None:
    side = kept(histograms)
    histogram = side.meter.create_histogram("h")
    sets: list[Any] = [{"a": 1}, {"a": True}, {"a": 1.0}, {"a": "1"}, {"a": (1,)}, {"a": [True]}, {"a": [1]}]
    for attributes in sets * 2:
        histogram.record(1, attributes)

    assert [point.count for point in side.points()] == [2, 2, 2, 2, 4, 2]


@pytest.mark.parametrize("histograms", ["direct", "sdk"])
def test_attributes_may_change_after_the_record(kept: MakeKept, histograms: str) -> None:
    side = kept(histograms)
    attributes: dict[str, Any] = {"a": 1, "list": [1]}
    side.meter.create_histogram("h").record(1, attributes)
    attributes["a"] = 2
    attributes["list"].append(2)

    (point,) = side.points()
    assert point.attributes == {"a": 1, "list": (1,)}


@contextmanager
def _provider(histograms: str, exemplars: str) -> Iterator[Kept]:
    side = Kept(histograms, exemplars)
    try:
        yield side
    finally:
        side.provider.shutdown()


def _instruments(side: Kept) -> list[Histogram]:
    side.meter.create_counter("counted").add(1)
    return [
        side.meter.create_histogram(
            f"Measured.{number}", "s", "As measured", explicit_bucket_boundaries_advisory=bounds
        )
        for number, bounds in enumerate(BOUNDS)
    ]


def _measure(instruments: list[Histogram], measurements: Any) -> list[str]:
    """Record; what was raised is returned."""
    raised = []
    for number, (instrument, amount, attributes, flags) in enumerate(measurements):
        inside = context.Context()
        if flags is not None:
            span = NonRecordingSpan(
                SpanContext(1 + number, 2 + number, is_remote=False, trace_flags=TraceFlags(flags))
            )
            inside = set_span_in_context(span, inside)
        try:
            instruments[instrument].record(amount, attributes, inside)
        except ValueError as error:  # boundaries that do not rise
            raised.append(repr(error))
    return raised
