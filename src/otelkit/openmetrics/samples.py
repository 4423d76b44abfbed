"""From a point of the SDK to its samples: a counter has one, a histogram one for each bucket and three more.

Temporality is cumulative, because the reader asks for it. A histogram with a bound below zero may hold
negative values, and then has neither sum nor count in OpenMetrics. Exponential histograms have no text
form, in either format; they are left out, and the reader says so.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from opentelemetry.sdk.metrics.export import Gauge, Histogram, HistogramDataPoint, NumberDataPoint, Sum

from otelkit.openmetrics.exemplars import by_bucket, latest, write_exemplar
from otelkit.openmetrics.labels import Labels, labels_of
from otelkit.openmetrics.numbers import write_number, write_seconds


class Sample(NamedTuple):
    """One line: the suffix of the family's name, labels, value, and the exemplar's text."""

    suffix: str
    labels: Labels
    value: str
    exemplar: str = ""


# The suffixes that a family of a type takes for itself beside its own name.
SUFFIXES: dict[str, tuple[str, ...]] = {
    "counter": ("_total", "_created"),
    "gauge": (),
    "histogram": ("_bucket", "_count", "_sum", "_created"),
    "info": ("_info",),
}


def type_of(data: object) -> str | None:
    """The type of a family; None for what has no text form."""
    if isinstance(data, Sum):
        return "counter" if data.is_monotonic else "gauge"
    if isinstance(data, Gauge):
        return "gauge"
    return "histogram" if isinstance(data, Histogram) else None


def samples_of(kind: str, point: Any, scope: dict[str, object]) -> tuple[Labels, list[Sample]]:
    """What tells a point from others, and its samples, together as OpenMetrics wants them."""
    attributes = {**(point.attributes or {}), **scope}
    labels = labels_of(attributes, "le" if kind == "histogram" else "")
    return labels, list(_WRITERS[kind](point, labels))


def _counter(point: NumberDataPoint, labels: Labels) -> Iterator[Sample]:
    if not point.value >= 0:  # an observed NaN or negative number, which no counter may show
        return
    yield Sample("_total", labels, write_number(point.value), write_exemplar(latest(point.exemplars)))
    yield from _created(point.start_time_unix_nano, labels)


def _gauge(point: NumberDataPoint, labels: Labels) -> Iterator[Sample]:
    yield Sample("", labels, write_number(point.value))


def _histogram(point: HistogramDataPoint, labels: Labels) -> Iterator[Sample]:
    bounds: Sequence[float] = point.explicit_bounds
    exemplars = by_bucket(point.exemplars, bounds)
    for number, count in enumerate(accumulate(point.bucket_counts)):
        bound = write_number(float(bounds[number])) if number < len(bounds) else "+Inf"
        exemplar = write_exemplar(exemplars.get(number))
        yield Sample("_bucket", (*labels, ("le", bound)), write_number(count), exemplar)
    if not bounds or bounds[0] >= 0:
        yield Sample("_count", labels, write_number(point.count))
        yield Sample("_sum", labels, write_number(point.sum))
    yield from _created(point.start_time_unix_nano, labels)


def _created(nanos: int | None, labels: Labels) -> Iterator[Sample]:
    if nanos:
        yield Sample("_created", labels, write_seconds(nanos))


_WRITERS: dict[str, Callable[[Any, Labels], Iterator[Sample]]] = {
    "counter": _counter,
    "gauge": _gauge,
    "histogram": _histogram,
}
