"""The floor of NATS telemetry: spans, headers and points as ours makes them, by hand for one subject each.

Same names, attributes, links and context, same SDK; nothing else. What an instrumentation costs on top of
this is its own.
"""

from collections.abc import Awaitable, Callable
from time import time_ns
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import PubAck
from opentelemetry import context, propagate, trace
from opentelemetry.context import Context
from opentelemetry.metrics import Histogram, get_meter
from opentelemetry.trace import Link, Span, SpanKind, get_tracer, set_span_in_context

from otelkit.instrumentation.messaging.instruments import BOUNDARIES_SECONDS

EMPTY = Context()
Attributes = dict[str, str | int | bool]
Send = Callable[[str, bytes], Awaitable[Any]]
Handle = Callable[[Msg], Awaitable[None]]
STREAM, SEQUENCE = "messaging.nats.stream.name", "messaging.nats.stream.sequence"


class Floor:
    """Operations of one connection."""

    def __init__(self, connection: Client) -> None:
        self._connection, self._tracer, meter = connection, get_tracer("bench"), get_meter("bench")
        self._sent = meter.create_counter("messaging.client.sent.messages", "{message}")
        self._consumed = meter.create_counter("messaging.client.consumed.messages", "{message}")
        self._operation = histogram("messaging.client.operation.duration")
        self._process = histogram("messaging.process.duration")

    def publish(self, subject: str) -> Send:
        """Give core publish to the subject."""
        return self._send(self._connection.publish, subject, lambda span, answer: None)

    def store(self, subject: str) -> Send:
        """Give JetStream publish to the subject; the span lasts until the acknowledgement, and says it."""
        return self._send(self._connection.jetstream().publish, subject, _note)

    def _send(
        self, send: Callable[..., Awaitable[Any]], subject: str, note: Callable[[Span, Any], None]
    ) -> Send:
        tracer, duration, sent = self._tracer, self._operation, self._sent
        name, attributes = f"publish {subject}", attributes_of(self._connection, "publish", "send", subject)

        async def publish(subject: str, body: bytes) -> Any:
            start = time_ns()
            parent = context.get_current()
            span = tracer.start_span(name, parent, SpanKind.PRODUCER, attributes, start_time=start)
            inside = set_span_in_context(span, parent)
            headers: dict[str, str] = {}
            propagate.inject(headers, inside)
            answer = await send(subject, body, headers=headers)
            note(span, answer)
            sent.add(1, attributes)
            end = time_ns()
            duration.record((end - start) / 1e9, attributes, inside)
            span.end(end)
            return answer

        return publish

    def callback(self, handle: Handle, subject: str) -> Handle:
        """Give the callback with a process span, current inside, and a point."""
        tracer, duration, consumed = self._tracer, self._process, self._consumed
        name, attributes = (
            f"process {subject}",
            attributes_of(self._connection, "process", "process", subject),
        )

        async def traced(message: Msg) -> None:
            start = time_ns()
            parent = propagate.extract(message.headers or {}, EMPTY)
            links = [Link(trace.get_current_span(parent).get_span_context())]
            span = tracer.start_span(name, parent, SpanKind.CONSUMER, attributes, links, start)
            inside = set_span_in_context(span, parent)
            consumed.add(1, attributes)
            token = context.attach(inside)
            await handle(message)
            context.detach(token)
            end = time_ns()
            duration.record((end - start) / 1e9, attributes, inside)
            span.end(end)

        return traced


def attributes_of(connection: Client, operation: str, type_: str, destination: str) -> Attributes:
    """Give what spans and points of an operation say."""
    url = connection.connected_url
    return {
        "messaging.system": "nats",
        "server.address": str(url.hostname if url else ""),
        "server.port": (url.port if url else 0) or 4222,
        "messaging.operation.name": operation,
        "messaging.operation.type": type_,
        "messaging.destination.name": destination,
    }


def _note(span: Span, answer: PubAck) -> None:
    span.set_attribute(STREAM, answer.stream)
    span.set_attribute(SEQUENCE, answer.seq)


def histogram(name: str) -> Histogram:
    """Give a histogram of durations in seconds."""
    return get_meter("bench").create_histogram(
        name, "s", explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS
    )
