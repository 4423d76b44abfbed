"""What arrived at the receiver: the process spans of each message of a drill, by the message's id."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.receiver import Accepted, Verdict
from otelkit.signals import ExportRequest, Signal

Parent = tuple[str, str]
ID = "messaging.message.id"


@dataclass
class Processed:
    """The parent of the first process span of each message, and the number of process spans."""

    queue: str
    parents: dict[str, Parent | None] = field(default_factory=dict)
    count: int = 0

    def accept(self, _: Signal, request: ExportRequest) -> Verdict:
        """Keep what the comparison needs."""
        if isinstance(request, ExportTraceServiceRequest):
            for span in _spans(request):
                if span.kind == Span.SPAN_KIND_CONSUMER and span.name.endswith(self.queue):
                    self._note(span)
        return Accepted()

    def _note(self, span: Span) -> None:
        message_id = next(pair.value.string_value for pair in span.attributes if pair.key == ID)
        parent = (span.trace_id.hex(), span.parent_span_id.hex()) if span.parent_span_id else None
        self.count += 1
        self.parents.setdefault(message_id, parent)


def _spans(request: ExportTraceServiceRequest) -> Iterator[Span]:
    return (s for resource in request.resource_spans for scope in resource.scope_spans for s in scope.spans)
