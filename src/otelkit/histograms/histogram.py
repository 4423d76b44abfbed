"""The instrument: a record finds its point by the attributes as given, and adds to it under a lock.

A stream is found by names, values and types of the values in the order given, once they were seen; other
orders and values that are no plain ones go the SDK's long way to the same stream. Decision: at most 2000
sets for each instrument, the specification's default; further ones are one point with
`otel.metric.overflow` (https://opentelemetry.io/docs/specs/otel/metrics/sdk/#cardinality-limits), where
the SDK (1.45.1) has no limit.
"""

import logging
from bisect import bisect_left
from collections.abc import Hashable, Mapping
from math import isfinite
from threading import RLock
from time import time_ns
from typing import Any

from opentelemetry.context import Context
from opentelemetry.metrics import Histogram
from opentelemetry.sdk.metrics import Histogram as SdkHistogram
from opentelemetry.sdk.metrics.export import HistogramDataPoint
from opentelemetry.trace import INVALID_SPAN_CONTEXT, TraceFlags, get_current_span
from opentelemetry.util.types import Attributes

from otelkit.histograms.attribute_sets import OVERFLOW, clean, identity, is_plain
from otelkit.histograms.exemplar_filter import ExemplarFilterName
from otelkit.histograms.stream import Stream

CARDINALITY_LIMIT = 2000
_MOST_KEYS = 2 * CARDINALITY_LIMIT  # one set may come in many orders
_SAMPLED = TraceFlags.SAMPLED

_log = logging.getLogger(__name__)


class DirectHistogram(Histogram):
    """Measures in place of an instrument of the SDK's, which has checked its name, unit and description."""

    def __init__(
        self, definition: SdkHistogram, bounds: tuple[float, ...], exemplars: ExemplarFilterName
    ) -> None:
        self.definition = definition
        self.bounds = bounds
        self._may_sample = exemplars != "always_off"
        self._samples_all = exemplars == "always_on"
        self._by_key: dict[Hashable, Stream] = {}
        self._by_identity: dict[Hashable, Stream] = {}
        self._lock = RLock()  # a finalizer may record amid a record, in the same thread
        self._epoch = 0
        self._read_before: dict[int, int] = {}

    def record(self, amount: float, attributes: Attributes = None, context: Context | None = None) -> None:
        """Add one measurement, a finite number of at least zero; others are left out with a warning."""
        if not isfinite(amount) or amount < 0:
            self._refuse(amount)
            return
        try:
            if attributes is None:
                stream = self._by_key[()]
            else:
                values = attributes.values()
                stream = self._by_key[(*attributes, *values, *map(type, values))]
        except Exception:  # noqa: BLE001 - new, no mapping, or a hash that raises what it likes
            stream = self._find(attributes)
        seen_at, measured_in = 0, INVALID_SPAN_CONTEXT
        if self._may_sample:
            measured_in = get_current_span(context or None).get_span_context()
            if measured_in.trace_flags & _SAMPLED or self._samples_all:
                seen_at = time_ns()
        bucket = bisect_left(self.bounds, amount)
        with self._lock:
            stream.total += amount
            stream.counts[bucket] += 1
            if amount < stream.least:  # noqa: PLR1730 - min() costs a tenth of a record
                stream.least = amount
            if amount > stream.greatest:  # noqa: PLR1730 - as above
                stream.greatest = amount
            if seen_at:
                stream.sightings[bucket] = (self._epoch, amount, seen_at, measured_in)

    def points(self, reader: int, now_unix_nano: int) -> list[HistogramDataPoint]:
        """All points, with the exemplars that this reader has not seen yet."""
        with self._lock:
            since = self._read_before.get(reader, 0)
            self._epoch += 1
            until = self._read_before[reader] = self._epoch
            streams = list(self._by_identity.values())
        epochs = range(since, until)
        points = []
        for stream in streams:  # a lock for each: no measurement waits for thousands of points
            with self._lock:
                sums = stream.sums()
            point = stream.point(sums, epochs, now_unix_nano, self.bounds)
            if point.count:  # else its first measurement is still on its way
                points.append(point)
        return points

    def begin_anew_in_child(self) -> None:
        """Give a forked child a lock that nobody holds; its points go on, as the SDK's do."""
        self._lock = RLock()

    def _find(self, attributes: Any) -> Stream:
        given = dict(attributes) if isinstance(attributes, Mapping) else attributes  # others may change it
        cleaned = clean(given)
        same = identity(cleaned)
        with self._lock:
            stream = self._by_identity.get(same)
            if stream is None:
                if len(self._by_identity) >= CARDINALITY_LIMIT - 1:
                    return self._overflow()
                stream = self._by_identity.setdefault(same, Stream(cleaned, len(self.bounds) + 1))
            if len(self._by_key) < _MOST_KEYS:
                self._remember(given, stream)
        return stream

    def _remember(self, attributes: Any, stream: Stream) -> None:
        if attributes is None:
            self._by_key[()] = stream
        elif is_plain(attributes):
            values = attributes.values()
            self._by_key[(*attributes, *values, *map(type, values))] = stream

    def _overflow(self) -> Stream:
        same = identity(OVERFLOW)
        if same not in self._by_identity:
            self._by_identity[same] = Stream(OVERFLOW, len(self.bounds) + 1)
        return self._by_identity[same]

    def _refuse(self, amount: float) -> None:
        if isfinite(amount):
            _log.warning("Record amount must be non-negative on Histogram %s.", self.definition.name)
        else:
            _log.warning("Record amount %s is not finite on Histogram %s.", amount, self.definition.name)
