"""A backend that notes when each span comes, and that can be away, or take what comes and never answer."""

import socket
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import quantiles

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otelkit.receiver import Accepted, Receiver, Verdict
from otelkit.signals import ExportRequest, Signal
from otelkit.testing.ports import free_port

ARRIVAL_SECONDS = 90.0
POLL_SECONDS = 0.2


@dataclass
class TimedBackend:
    """`ended` and `arrived` are in nanoseconds since the epoch, of each span's first arrival, by its id."""

    port: int = field(default_factory=free_port)
    counts: Counter[str] = field(default_factory=Counter)
    ended: dict[str, int] = field(default_factory=dict)
    arrived: dict[str, int] = field(default_factory=dict)
    _server: Receiver | socket.socket | None = None

    @property
    def endpoint(self) -> str:
        """Where it takes OTLP over gRPC."""
        return f"127.0.0.1:{self.port}"

    def answer(self) -> None:
        """Take what comes, from now on."""
        self.leave()
        receiver = Receiver(self._accept, grpc_port=self.port)
        receiver.start()
        self._server = receiver

    def swallow(self) -> None:
        """Let connections be made, and never answer: a black hole."""
        self.leave()
        self._server = socket.create_server(("127.0.0.1", self.port), backlog=128)

    def leave(self) -> None:
        """Listen no more."""
        if isinstance(self._server, Receiver):
            self._server.stop()
        elif self._server is not None:
            self._server.close()
        self._server = None

    def wait_for(self, ids: set[str]) -> set[str]:
        """Wait until all have arrived; those that have not."""
        deadline = time.monotonic() + ARRIVAL_SECONDS
        while (missing := ids - set(self.counts)) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        return missing

    def delays(self, begin: int, end: int) -> "Delays":
        """How long after their end the spans came that ended between these moments (ns since the epoch)."""
        return Delays.of(
            (self.arrived[one] - ended) / 1e6 for one, ended in [*self.ended.items()] if begin <= ended < end
        )

    def duplicated_percent(self) -> float:
        """How many arrivals were not the first of their span."""
        return 100 * (self.counts.total() - len(self.counts)) / max(1, len(self.counts))

    def _accept(self, _: Signal, request: ExportRequest) -> Verdict:
        now = time.time_ns()
        if isinstance(request, ExportTraceServiceRequest):
            for span in (s for r in request.resource_spans for scope in r.scope_spans for s in scope.spans):
                name = span.span_id.hex()
                self.counts[name] += 1
                self.ended.setdefault(name, span.end_time_unix_nano)
                self.arrived.setdefault(name, now)
        return Accepted()


@dataclass(frozen=True)
class Delays:
    """Of all spans of a time: how many, and milliseconds from their end to their arrival."""

    count: int
    p50: float
    p99: float

    @classmethod
    def of(cls, milliseconds: Iterable[float]) -> "Delays":
        """Sum up. Raises ValueError when there are none."""
        values = list(milliseconds)
        if len(values) < 2:
            raise ValueError("no span arrived of that time")
        cuts = quantiles(values, n=100)
        return cls(len(values), cuts[49], cuts[98])
