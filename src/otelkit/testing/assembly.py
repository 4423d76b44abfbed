"""Traces being put together: spans of one come in several requests, and nothing says which is the last.

A trace is held to be whole when no span of it came for half a second. What comes later is drawn as a tree of
its own, with its lost parent marked. At most 20,000 spans wait; beyond, the longest quiet trace goes first.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otelkit.signals import ExportRequest
from otelkit.traces import Span, spans_of

QUIET_SECONDS = 0.5
_MOST_SPANS = 20_000


@dataclass
class _Open:
    spans: list[Span] = field(default_factory=list)
    last_seconds: float = 0.0


class Assembly:
    """Spans by trace until the trace is quiet; `add` may be called from several threads."""

    def __init__(self, quiet_seconds: float = QUIET_SECONDS, most_spans: int = _MOST_SPANS) -> None:
        self._quiet_seconds = quiet_seconds
        self._most_spans = most_spans
        self._lock = Lock()
        self._open: OrderedDict[str, _Open] = OrderedDict()  # the longest quiet first
        self._held = 0

    def add(self, request: ExportRequest) -> None:
        """Take in one request; signals other than traces are let go."""
        if not isinstance(request, ExportTraceServiceRequest):
            return
        spans = spans_of(request.resource_spans)
        with self._lock:
            now = monotonic()
            self._held += len(spans)
            for span in spans:
                trace = self._open.setdefault(span.trace_id, _Open())
                trace.spans.append(span)
                trace.last_seconds = now
                self._open.move_to_end(span.trace_id)

    def take_quiet(self, now: float) -> list[list[Span]]:
        """Give the traces that are quiet at `now` (seconds of the monotonic clock), each once."""
        taken: list[list[Span]] = []
        with self._lock:
            while self._open:
                oldest = next(iter(self._open.values()))
                if now - oldest.last_seconds < self._quiet_seconds and self._held <= self._most_spans:
                    break
                self._held -= len(oldest.spans)
                taken.append(self._open.popitem(last=False)[1].spans)
        return taken

    def take_all(self) -> list[list[Span]]:
        """Give every trace that is left."""
        return self.take_quiet(float("inf"))
