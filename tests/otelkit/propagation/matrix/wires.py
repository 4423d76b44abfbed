"""One protocol, with otelkit's instrumentation on one end and a peer that knows no telemetry on the other."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opentelemetry import baggage, trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from opentelemetry.trace import SpanContext

OWN_TRACE, OWN_SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
"""Ids of every trace and span that begins here."""
Pairs = list[tuple[str, str]]


class FixedIds(IdGenerator):
    """So that a peer knows what to expect, also of a span that is not recorded."""

    def generate_trace_id(self) -> int:
        return int(OWN_TRACE, 16)

    def generate_span_id(self) -> int:
        return int(OWN_SPAN, 16)


@dataclass
class Recorded:
    """Providers of one end, what they recorded, and what its handler saw."""

    sampled: bool = True
    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    seen: list[tuple[SpanContext, Mapping[str, object]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        sampler = ParentBased(ALWAYS_ON if self.sampled else ALWAYS_OFF)
        self.tracers = TracerProvider(sampler, id_generator=FixedIds(), shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))

    def look(self) -> None:
        """Keep what is current in a handler."""
        self.seen.append((trace.get_current_span().get_span_context(), dict(baggage.get_all())))

    @property
    def span(self) -> ReadableSpan | None:
        """The span that was recorded, if one was."""
        spans = self.exporter.get_finished_spans()
        assert len(spans) <= 1
        return spans[0] if spans else None


class Wire(ABC):
    """Both directions over one protocol."""

    @abstractmethod
    async def write(self, recorded: Recorded, **options: Any) -> Pairs:
        """Send one message by our client; give the headers as the peer received them."""

    @abstractmethod
    async def read(self, recorded: Recorded, headers: Mapping[str, Any]) -> None:
        """Let the peer send one message, and our server look at what is current."""
