"""What a busy shop would send in half an hour, as OTLP: the same every time, but for when it ends."""

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, Status

MILLISECOND = 10**6
SECOND = 10**9
HALF_AN_HOUR = 1_800 * SECOND
Value = str | int | float | bool


def attributes(pairs: Mapping[str, Value]) -> list[KeyValue]:
    """OTLP's form of attributes."""
    found = []
    for key, value in pairs.items():
        pair = KeyValue(key=key)
        kinds = {bool: "bool_value", int: "int_value", float: "double_value", str: "string_value"}
        setattr(pair.value, kinds[type(value)], value)
        found.append(pair)
    return found


def resource_of(service: str) -> list[KeyValue]:
    """Attributes of a service's resource."""
    return attributes(
        {
            "service.name": service,
            "service.version": "1.4.2",
            "service.instance.id": f"{service}-0",
            "deployment.environment.name": "local",
        }
    )


@dataclass
class Trace:
    """One trace being told: spans by service, all times in milliseconds from its begin."""

    number: int
    begin_nanos: int
    spans: dict[str, list[Span]] = field(default_factory=dict)

    @property
    def id(self) -> bytes:
        """Its id, which looks like any other."""
        return hashlib.blake2b(b"trace %d" % self.number, digest_size=16).digest()

    def span(  # noqa: PLR0913 - a span has that many sides
        self,
        service: str,
        name: str,
        kind: str,
        begin: float,
        length: float,
        *,
        parent: Span | None = None,
        error: str = "",
        links: tuple[Span, ...] = (),
        **more: Value,
    ) -> Span:
        """Tell one span; underscores in names of attributes are dots."""
        place = sum(map(len, self.spans.values()))
        start = self.begin_nanos + int(begin * MILLISECOND)
        span = Span(
            trace_id=self.id,
            span_id=hashlib.blake2b(b"span %d %d" % (self.number, place), digest_size=8).digest(),
            parent_span_id=parent.span_id if parent is not None else b"",
            name=name,
            kind=Span.SpanKind.Value(f"SPAN_KIND_{kind}"),
            start_time_unix_nano=start,
            end_time_unix_nano=start + int(length * MILLISECOND),
            attributes=attributes({key.replace("__", "."): value for key, value in more.items()}),
            links=[Span.Link(trace_id=other.trace_id, span_id=other.span_id) for other in links],
        )
        if error:
            span.status.CopyFrom(Status(code=Status.STATUS_CODE_ERROR, message=error))
            event = span.events.add(
                name="exception", time_unix_nano=span.end_time_unix_nano - MILLISECOND // 2
            )
            event.attributes.extend(attributes({"exception.type": "OutOfStock", "exception.message": error}))
        self.spans.setdefault(service, []).append(span)
        return span

    def request(self) -> ExportTraceServiceRequest:
        """All of it as one export request."""
        request = ExportTraceServiceRequest()
        for service, spans in self.spans.items():
            group = ResourceSpans()
            group.resource.attributes.extend(resource_of(service))
            group.scope_spans.add(spans=spans).scope.name = f"shop.{service}"
            request.resource_spans.append(group)
        return request


def spread(seed: int, count: int, end_nanos: int) -> list[int]:
    """Times of the half hour before the end, in order."""
    chance = random.Random(seed)  # noqa: S311 - a story, not a secret
    return sorted(end_nanos - int(chance.random() * HALF_AN_HOUR) for _ in range(count))
