"""The floor of a pull consumer: a receive span with links, and a process span for each message, by hand."""

from collections.abc import Awaitable, Callable
from time import time_ns

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.client import JetStreamContext
from opentelemetry import context, propagate, trace
from opentelemetry.context import Context
from opentelemetry.metrics import get_meter
from opentelemetry.trace import Link, SpanKind, get_tracer, set_span_in_context

from bench.nats_floor import EMPTY, SEQUENCE, STREAM, Attributes, attributes_of, histogram

DELIVERIES = "messaging.nats.message.delivery_count"
WorkOff = Callable[[JetStreamContext.PullSubscription], Awaitable[None]]
Acknowledge = Callable[[Msg, Context, Link], Awaitable[None]]


def traced_work_off(connection: Client, subject: str, stream: str, consumer: str, batch: int) -> WorkOff:
    """Give what fetches a batch, and processes and acknowledges each of its messages."""
    tracer, duration = get_tracer("bench"), histogram("messaging.client.operation.duration")
    consumed = get_meter("bench").create_counter("messaging.client.consumed.messages", "{message}")
    group = {"messaging.consumer.group.name": consumer}
    extra = {STREAM: stream, "messaging.destination.subscription.name": consumer}
    fetch = {**attributes_of(connection, "fetch", "receive", stream), **group}
    attributes = {**attributes_of(connection, "process", "process", subject), **group}
    more = {**fetch, **extra, "messaging.batch.message_count": batch}
    acknowledge = _acknowledge(f"process {subject}", {**attributes, **extra}, attributes)

    async def work_off(subscription: JetStreamContext.PullSubscription) -> None:
        start = time_ns()
        around = context.get_current()
        messages = await subscription.fetch(batch)
        created = [propagate.extract(message.headers or {}, EMPTY) for message in messages]
        links = [Link(trace.get_current_span(one).get_span_context()) for one in created]
        span = tracer.start_span(f"fetch {stream}", around, SpanKind.CLIENT, more, links, start)
        consumed.add(batch, fetch)
        end = time_ns()
        duration.record((end - start) / 1e9, fetch, set_span_in_context(span, around))
        span.end(end)
        for message, parent, link in zip(messages, created, links, strict=True):
            await acknowledge(message, parent, link)

    return work_off


def _acknowledge(name: str, attributes: Attributes, metric: Attributes) -> Acknowledge:
    tracer, duration = get_tracer("bench"), histogram("messaging.process.duration")

    async def acknowledge(message: Msg, parent: Context, link: Link) -> None:
        start = time_ns()
        *_, delivered, sequence, _, _, _ = message.reply.split(".")
        more = {**attributes, DELIVERIES: int(delivered), SEQUENCE: int(sequence)}
        span = tracer.start_span(name, parent, SpanKind.CONSUMER, more, [link], start)
        inside = set_span_in_context(span, parent)
        token = context.attach(inside)
        await message.ack()
        span.add_event("ack")
        context.detach(token)
        end = time_ns()
        duration.record((end - start) / 1e9, metric, inside)
        span.end(end)

    return acknowledge
