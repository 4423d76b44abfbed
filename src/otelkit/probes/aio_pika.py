"""Probe: one message from publish to a callback of a consumer, over a channel that hands it back."""

import asyncio
from importlib.metadata import version
from typing import Any

from aio_pika import Channel, Connection, Exchange, Message, Queue
from aiormq.abc import DeliveredMessage
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.trace import TracerProvider
from pamqp.commands import Basic
from pamqp.header import ContentHeader
from yarl import URL

from otelkit.instrumentation.aio_pika import AioPikaInstrumentor

QUEUE = "otelkit.probe"


def emit_spans(provider: TracerProvider) -> str:
    """Instrument aio-pika with `provider`, send one message and undo it; returns the version."""
    instrumentor = object.__new__(AioPikaInstrumentor)  # not the one of the process, which may be in use
    instrumentor.instrument(tracer_provider=provider, meter_provider=NoOpMeterProvider())
    try:
        asyncio.run(_send_one())
    finally:
        instrumentor.uninstrument()
    return f"aio-pika {version('aio-pika')}"


class _Underlay:
    """What aiormq is to aio-pika, as far as one message goes."""

    is_closed = False

    async def basic_publish(self, *, body: bytes, properties: Any, **_: Any) -> Basic.Ack:
        self.sent = ContentHeader(properties=properties, body_size=len(body)), body
        return Basic.Ack(1)

    async def basic_consume(self, *, consumer_callback: Any, **_: Any) -> Basic.ConsumeOk:
        delivery = Basic.Deliver("probe", 1, routing_key=QUEUE)
        await consumer_callback(DeliveredMessage(delivery, *self.sent, channel=self))  # type: ignore[arg-type]  # stands in
        return Basic.ConsumeOk("probe")


class _Channel(Channel):
    """A channel that nobody has opened, on a connection to nowhere."""

    is_closed = False

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._underlay: Any = _Underlay()

    async def get_underlay_channel(self) -> Any:
        return self._underlay


async def _send_one() -> None:
    channel = _Channel(Connection(URL("amqp://127.0.0.1/")))
    await Exchange(channel, "").publish(Message(b""), QUEUE)
    queue = Queue(channel, QUEUE, durable=False, exclusive=False, auto_delete=False, arguments=None)
    await queue.consume(_take)


async def _take(_: Any) -> None:
    return None
