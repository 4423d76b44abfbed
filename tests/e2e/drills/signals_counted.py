"""What a backend has of what was sent, counted by id: spans, log records, points of a metric."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from otelkit.backends import BackendError, Backends
from tests.e2e.drills.steady_signals import SERVICE

_SLICE_SECONDS = 2.0
_SLICE_LINES = 5000  # a backend gives no more at once; a source that was held up sends many in a moment
_STEP_SECONDS = 0.25  # shorter than the interval at which points come
_ARRIVAL_SECONDS = 60.0
_POLL_SECONDS = 0.5
T = TypeVar("T")


@dataclass(frozen=True)
class Sent:
    """What the source has written down; times are seconds since the Unix epoch."""

    traces: dict[str, set[str]]
    points: set[float]
    begun_seconds: float
    ended_seconds: float

    @classmethod
    def read(cls, file: Path, begun_seconds: float) -> Self:
        """Read the source's file after its end."""
        *lines, collections = file.read_text(encoding="ascii").splitlines()
        traces = defaultdict(set)
        for line in lines:
            trace_id, _, span_id = line.partition(" ")
            traces[trace_id].add(span_id)
        return cls(dict(traces), set(map(float, range(1, int(collections) + 1))), begun_seconds, time.time())

    @property
    def spans(self) -> set[str]:
        """Their ids."""
        return set().union(*self.traces.values())


class Missing:
    """Asks the backends until nothing is missing, or for a minute."""

    def __init__(self, backends: Backends, sent: Sent) -> None:
        self._backends, self._sent = backends, sent

    def spans(self) -> set[str]:
        """Give the ids of spans that do not come."""
        left = dict(self._sent.traces)

        def look() -> set[str]:
            for trace_id in list(left):
                spans = self._backends.traces.trace(trace_id)
                left[trace_id] = left[trace_id] - {span.span_id for span in spans}
                if not left[trace_id]:
                    del left[trace_id]
            return set().union(*left.values())

        return _until_none(look, self._sent.spans)

    def log_records(self) -> set[str]:
        """Give the ids in the texts of records that do not come."""
        return _until_none(lambda: self._sent.spans - self._texts(), self._sent.spans)

    def points(self) -> set[float]:
        """Give the values of points that do not come."""
        start, end = self._sent.begun_seconds, self._sent.ended_seconds + _SLICE_SECONDS

        def look() -> set[float]:
            selector = f'drill_collections_total{{service_name="{SERVICE}"}}'
            series = self._backends.metrics.query_range(selector, start, end, _STEP_SECONDS)
            return self._sent.points - {value for one in series for _, value in one.points}

        return _until_none(look, self._sent.points)

    def _texts(self) -> set[str]:
        found: set[str] = set()
        start = self._sent.begun_seconds
        while start < self._sent.ended_seconds:
            expression = f'{{service_name="{SERVICE}"}}'
            data = self._backends.logs.query_range(
                expression, start, start + _SLICE_SECONDS, limit=_SLICE_LINES
            )
            found |= {entry[1] for stream in data["result"] for entry in stream["values"]}
            start += _SLICE_SECONDS
        return found


def _until_none(look: Callable[[], set[T]], unknown: set[T]) -> set[T]:
    deadline, missing = time.monotonic() + _ARRIVAL_SECONDS, unknown
    while missing and time.monotonic() < deadline:
        try:
            missing = look()
        except BackendError:  # it is only just back
            missing = unknown
        if missing:
            time.sleep(_POLL_SECONDS)
    return missing
