"""What arrived at the receiver: process spans, by the message's id, or a drill's name in its subject."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.receiver import Accepted, Verdict
from otelkit.signals import ExportRequest, Signal

ID, DESTINATION = "messaging.message.id", "messaging.destination.name"
NAMED = "fuzzed-"
DELIVERIES = "messaging.nats.message.delivery_count"
Parent = tuple[str, str]


@dataclass
class Deliveries:
    """Of each message the parent of its first process span, its traces, and if it was delivered again."""

    parents: dict[str, Parent | None] = field(default_factory=dict)
    traces: dict[str, set[str]] = field(default_factory=dict)
    redelivered: set[str] = field(default_factory=set)
    count: int = 0

    def accept(self, _: Signal, request: ExportRequest) -> Verdict:
        """Keep what the comparison needs."""
        if isinstance(request, ExportTraceServiceRequest):
            for span in _spans(request):
                if span.kind == Span.SPAN_KIND_CONSUMER and span.name.startswith("process "):
                    self._note(span)
        return Accepted()

    def _note(self, span: Span) -> None:
        attributes = {pair.key: pair.value for pair in span.attributes}
        named = attributes[DESTINATION].string_value.rpartition(".")[2]
        if ID not in attributes and not named.startswith(NAMED):
            return  # a level that somebody watches, a notice of an order that was fulfilled
        name = attributes[ID].string_value if ID in attributes else named
        parent = (span.trace_id.hex(), span.parent_span_id.hex()) if span.parent_span_id else None
        self.count += 1
        self.parents.setdefault(name, parent)
        self.traces.setdefault(name, set()).add(span.trace_id.hex())
        if DELIVERIES in attributes and attributes[DELIVERIES].int_value > 1:
            self.redelivered.add(name)


def _spans(request: ExportTraceServiceRequest) -> Iterator[Span]:
    return (s for resource in request.resource_spans for scope in resource.scope_spans for s in scope.spans)
