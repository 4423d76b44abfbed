"""One point that grows: what was measured with one set of attributes since its first measurement."""

import time
from collections.abc import Mapping
from math import inf

from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics.export import HistogramDataPoint
from opentelemetry.trace import SpanContext
from opentelemetry.util.types import AnyValue, Attributes

# The last measurement in a bucket that may become an exemplar: its epoch (collections before it), value, time
# in Unix nanoseconds, and where it was measured. A plain tuple, because one is made for every measurement.
Sighting = tuple[int, float, int, SpanContext]
Sums = tuple[dict[int, Sighting], tuple[int, ...], float, float, float]


class Stream:
    """Sums of one set of attributes; whoever writes or copies them holds the histogram's lock."""

    __slots__ = ("attributes", "counts", "greatest", "least", "sightings", "start_unix_nano", "total")

    def __init__(self, attributes: Mapping[str, AnyValue], buckets: int) -> None:
        self.attributes = attributes
        self.start_unix_nano = time.time_ns()
        self.counts = [0] * buckets
        self.total: float = 0
        self.least: float = inf
        self.greatest: float = -inf
        self.sightings: dict[int, Sighting] = {}  # by bucket

    def sums(self) -> Sums:
        """A copy of all numbers, which nothing comes between."""
        return self.sightings.copy(), tuple(self.counts), self.total, self.least, self.greatest

    def point(
        self, sums: Sums, epochs: range, now_unix_nano: int, bounds: tuple[float, ...]
    ) -> HistogramDataPoint:
        """The point as the SDK would export it, with the exemplars of the given epochs."""
        sightings, counts, total, least, greatest = sums
        return HistogramDataPoint(
            attributes=self.attributes,
            start_time_unix_nano=self.start_unix_nano,
            time_unix_nano=now_unix_nano,
            count=sum(counts),
            sum=total,
            bucket_counts=counts,
            explicit_bounds=bounds,
            min=least,
            max=greatest,
            exemplars=[
                self._exemplar(sighting) for _, sighting in sorted(sightings.items()) if sighting[0] in epochs
            ],
        )

    def _exemplar(self, sighting: Sighting) -> Exemplar:
        _, value, time_unix_nano, span = sighting
        filtered: Attributes = {} if self.attributes else None  # nothing is, by us; the SDK writes it so
        span_id, trace_id = (span.span_id, span.trace_id) if span.is_valid else (None, None)
        return Exemplar(filtered, value, time_unix_nano, span_id, trace_id)
