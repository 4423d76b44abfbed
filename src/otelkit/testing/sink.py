"""An OTLP endpoint inside the test: what arrives is decoded and kept, and waiting for it needs no sleep.

What a script of verdicts turns away is counted but not kept, as with a real backend.
"""

from collections.abc import Callable
from typing import Self, TypeVar

from otelkit.receiver import Accept, Accepted, Receiver, Verdict
from otelkit.signals import ExportRequest, Signal
from otelkit.testing.changes import NotReceivedError
from otelkit.testing.endpoint import Protocol, environment_for
from otelkit.testing.logs import LogRecord
from otelkit.testing.metrics import MetricPoint
from otelkit.testing.script import Script
from otelkit.testing.store import Store
from otelkit.traces import Span, render_tree

__all__ = ["NotReceivedError", "Sink"]

T = TypeVar("T")
Wanted = int | Callable[[list[T]], bool]


class Sink:
    """Receives OTLP on two free ports of the loopback between `start` and `stop`; also a context manager."""

    def __init__(self) -> None:
        self._store = Store()
        self._script = Script()
        self._receiver = Receiver(self._accept)

    def start(self) -> Self:
        """Listen on both ports."""
        self._receiver.start()
        return self

    def stop(self) -> None:
        """Close both ports; what was received stays readable."""
        self._receiver.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def grpc_endpoint(self) -> str:
        """Base address for OTLP over gRPC."""
        return f"http://127.0.0.1:{self._receiver.grpc_port}"

    @property
    def http_endpoint(self) -> str:
        """Base address for OTLP over HTTP, without `/v1/traces`."""
        return f"http://127.0.0.1:{self._receiver.http_port}"

    def environment(self, protocol: Protocol = "grpc") -> dict[str, str]:
        """OTEL_* variables that point a process at this sink."""
        return environment_for(self._receiver.grpc_port, self._receiver.http_port, protocol)

    def answer(self, verdict: Verdict | Accept, *, times: int | None = None) -> None:
        """Answer the next `times` requests (None: all) with `verdict`, after them Accepted() again.

        A callable is asked per request, from several threads; it may block or raise.
        """
        self._script.set(verdict, times)

    def requests(self, signal: Signal = Signal.TRACES) -> int:
        """Count the requests of `signal` since the start or `clear`, whatever their answer was."""
        with self._store.changed:
            return self._store.requests[signal]

    def spans(self) -> list[Span]:
        """All spans kept, in order of arrival."""
        with self._store.changed:
            return list(self._store.spans)

    def logs(self) -> list[LogRecord]:
        """All log records kept, in order of arrival."""
        with self._store.changed:
            return list(self._store.logs)

    def metrics(self, name: str | None = None) -> list[MetricPoint]:
        """All metric points kept, or those of metric `name`, in order of arrival."""
        with self._store.changed:
            return [point for point in self._store.metrics if name in (None, point.name)]

    def trace(self, trace_id: str) -> list[Span]:
        """Spans of one trace, by its id in hex."""
        return [span for span in self.spans() if span.trace_id == trace_id]

    def clear(self) -> None:
        """Forget what was received and counted; a script given to `answer` stays."""
        self._store.clear()

    def wait_for_spans(self, wanted: Wanted[Span] = 1, timeout_seconds: float = 10.0) -> list[Span]:
        """Wait for a number of spans, or until `wanted` holds for them; raises NotReceivedError."""
        return self._store.wait(self.spans, wanted, timeout_seconds, render_tree)

    def wait_for_logs(self, wanted: Wanted[LogRecord] = 1, timeout_seconds: float = 10.0) -> list[LogRecord]:
        """Wait for log records, as `wait_for_spans`."""
        return self._store.wait(self.logs, wanted, timeout_seconds)

    def wait_for_metrics(
        self, wanted: Wanted[MetricPoint] = 1, timeout_seconds: float = 10.0
    ) -> list[MetricPoint]:
        """Wait for metric points, as `wait_for_spans`."""
        return self._store.wait(self.metrics, wanted, timeout_seconds)

    def wait_for_requests(
        self, count: int, signal: Signal = Signal.TRACES, timeout_seconds: float = 10.0
    ) -> None:
        """Wait until `count` requests came, accepted or not; raises NotReceivedError."""
        self._store.wait(lambda: [signal] * self._store.requests[signal], count, timeout_seconds)

    def _accept(self, signal: Signal, request: ExportRequest) -> Verdict:
        self._store.count(signal)
        verdict = self._script(signal, request)
        if isinstance(verdict, Accepted):
            self._store.keep(request)
        return verdict
