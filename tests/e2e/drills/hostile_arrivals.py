"""What arrived at the receiver: the server span of each hostile request, by the number in its path."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.receiver import Accepted, Verdict
from otelkit.signals import ExportRequest, Signal
from tests.e2e.drills.hostile_fuzz import CANARY, KEY
from tests.e2e.drills.hostile_reference import Expected

PATH = "/orders/hostile-"


@dataclass
class Arrived:
    """What the receiver saw: per request the server span's side of `Expected`, and leaked baggage."""

    spans: dict[int, Expected] = field(default_factory=dict)
    leaks: int = 0

    def accept(self, _: Signal, request: ExportRequest) -> Verdict:
        """Keep what the comparison needs."""
        self.leaks += request.SerializeToString().count(CANARY.encode())
        if isinstance(request, ExportTraceServiceRequest):
            self.spans.update(_server_spans(request))
            self.leaks -= sum(_asked_for(span) for span in _spans(request))
        return Accepted()


def _spans(request: ExportTraceServiceRequest) -> Iterator[Span]:
    return (s for resource in request.resource_spans for scope in resource.scope_spans for s in scope.spans)


def _server_spans(request: ExportTraceServiceRequest) -> Iterator[tuple[int, Expected]]:
    for span in _spans(request):
        attributes = {pair.key: pair.value.string_value for pair in span.attributes}
        path = attributes.get("url.path", "")
        if span.kind == Span.SPAN_KIND_SERVER and path.startswith(PATH):
            parent = (span.trace_id.hex(), span.parent_span_id.hex()) if span.parent_span_id else None
            number = int(path.removeprefix(PATH))
            yield number, Expected(parent, span.trace_state, attributes.get(KEY))


def _asked_for(span: Span) -> int:
    """Canaries that a mutation has made a part of the allowed key's value."""
    return sum(pair.value.string_value.count(CANARY) for pair in span.attributes if pair.key == KEY)
