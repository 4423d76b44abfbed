"""RabbitMQ: aio-pika, instrumented, and peers that speak AMQP by aiormq, which is not."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import aio_pika
import aiormq
from aio_pika.abc import AbstractIncomingMessage

from otelkit.instrumentation.aio_pika import AioPikaInstrumentor
from otelkit.testing.servers.server import Server

from .wires import Pairs, Recorded, Wire

SECONDS = 10


class RabbitWire(Wire):
    """Messages by the default exchange to a queue of one's own."""

    def __init__(self, server: Server) -> None:
        self._server, self._queue = server, f"matrix-{uuid4().hex}"

    async def write(self, recorded: Recorded, **options: Any) -> Pairs:
        peer = await aiormq.connect(self._server.url)
        AioPikaInstrumentor().instrument(tracer_provider=recorded.tracers, **options)
        try:
            channel = await peer.channel()
            await channel.queue_declare(self._queue, exclusive=True)
            async with await aio_pika.connect(self._server.url) as connection:
                exchange = (await connection.channel()).default_exchange
                await exchange.publish(aio_pika.Message(b"1"), self._queue)
            got = await channel.basic_get(self._queue, no_ack=True)
        finally:
            AioPikaInstrumentor().uninstrument()
            await peer.close()
        headers = got.header.properties.headers or {}
        assert all(isinstance(value, str) for value in headers.values())
        return [(name, str(value)) for name, value in headers.items()]

    async def read(self, recorded: Recorded, headers: Mapping[str, Any]) -> None:
        done = asyncio.Event()

        async def look(_: AbstractIncomingMessage) -> None:
            recorded.look()
            done.set()

        peer = await aiormq.connect(self._server.url)
        AioPikaInstrumentor().instrument(tracer_provider=recorded.tracers)
        try:
            async with await aio_pika.connect(self._server.url) as connection, asyncio.timeout(SECONDS):
                queue = await (await connection.channel()).declare_queue(self._queue, exclusive=True)
                tag = await queue.consume(look, no_ack=True)
                properties = aiormq.spec.Basic.Properties(headers=dict(headers))
                await (await peer.channel()).basic_publish(
                    b"1", routing_key=self._queue, properties=properties
                )
                await done.wait()
                await queue.cancel(tag)
        finally:
            AioPikaInstrumentor().uninstrument()
            await peer.close()
