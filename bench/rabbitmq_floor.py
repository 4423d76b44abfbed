"""The floor of RabbitMQ telemetry: spans, headers and points as ours makes them, by hand for one queue each.

Same names, attributes, links and context, same SDK; nothing else. What an instrumentation costs on top of
this is its own.
"""

from collections.abc import Awaitable, Callable
from time import time_ns
from typing import Any
from uuid import uuid4

from aio_pika import Message
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage
from opentelemetry import context, propagate, trace
from opentelemetry.context import Context
from opentelemetry.metrics import get_meter
from opentelemetry.trace import Link, SpanKind, get_tracer, set_span_in_context
from yarl import URL

from otelkit.instrumentation.messaging.instruments import BOUNDARIES_SECONDS

EMPTY = Context()
Send = Callable[[Message, str], Awaitable[Any]]
Handle = Callable[[AbstractIncomingMessage], Awaitable[None]]


def traced_publish(exchange: AbstractExchange, key: str, url: URL) -> Send:
    """Give publish to the exchange with the routing key: a producer span and a point each."""
    tracer, duration = get_tracer("bench"), _histogram("messaging.client.operation.duration")
    sent = get_meter("bench").create_counter("messaging.client.sent.messages", "{message}")
    destination = f"{exchange.name}:{key}"
    metric = _attributes(url, "publish", "send", destination)
    attributes = {**metric, "messaging.rabbitmq.destination.routing_key": key}

    async def publish(message: Message, key: str) -> Any:
        start = time_ns()
        parent = context.get_current()
        message.message_id = uuid4().hex  # else aiormq makes one that nobody knows
        more = {
            **attributes,
            "messaging.message.id": message.message_id,
            "messaging.message.body.size": message.body_size,
        }
        span = tracer.start_span(f"publish {destination}", parent, SpanKind.PRODUCER, more, start_time=start)
        inside = set_span_in_context(span, parent)
        propagate.inject(message.headers, inside)
        sent.add(1, metric)
        confirmed = await exchange.publish(message, key)
        end = time_ns()
        duration.record((end - start) / 1e9, metric, inside)
        span.end(end)
        return confirmed

    return publish


def traced_callback(handle: Handle, exchange: AbstractExchange, key: str, url: URL) -> Handle:
    """Give the callback with a process span, current inside, its acknowledgement an event, and a point."""
    tracer, duration = get_tracer("bench"), _histogram("messaging.process.duration")
    consumed = get_meter("bench").create_counter("messaging.client.consumed.messages", "{message}")
    destination = f"{exchange.name}:{key}"  # the queue is called as the key
    metric = _attributes(url, "process", "process", destination)
    attributes = {**metric, "messaging.rabbitmq.destination.routing_key": key}

    async def traced(message: AbstractIncomingMessage) -> None:
        start = time_ns()
        parent = propagate.extract(message.headers, EMPTY)
        links = [Link(trace.get_current_span(parent).get_span_context())]
        more = {
            **attributes,
            "messaging.rabbitmq.message.delivery_tag": message.delivery_tag or 0,
            "messaging.message.body.size": message.body_size,
            "messaging.message.id": message.message_id or "",
        }
        span = tracer.start_span(f"process {destination}", parent, SpanKind.CONSUMER, more, links, start)
        inside = set_span_in_context(span, parent)
        consumed.add(1, metric)
        token = context.attach(inside)
        await handle(message)
        span.add_event("ack")
        context.detach(token)
        end = time_ns()
        duration.record((end - start) / 1e9, metric, inside)
        span.end(end)

    return traced


def _attributes(url: URL, operation: str, type_: str, destination: str) -> dict[str, str | int]:
    return {
        "messaging.system": "rabbitmq",
        "server.address": str(url.host),
        "server.port": url.port or 5672,
        "messaging.operation.name": operation,
        "messaging.operation.type": type_,
        "messaging.destination.name": destination,
    }


def _histogram(name: str) -> Any:
    return get_meter("bench").create_histogram(
        name, "s", explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS
    )
