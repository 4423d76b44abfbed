"""Probe: one message from a client of nats-py to itself, over a broker of a few lines on the loopback."""

import asyncio
from importlib.metadata import version
from typing import Any

from nats.aio.client import Client
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.trace import TracerProvider

from otelkit.instrumentation.nats import NatsInstrumentor

SECONDS = 5.0
_INFO = b'INFO {"headers":true,"max_payload":1024}\r\n'


def emit_spans(provider: TracerProvider) -> str:
    """Instrument nats-py with `provider`, send one message and undo it; returns the version.

    What is instrumented already stays so; what the process sends meanwhile is seen by the probe alone.
    """
    instrumentor = object.__new__(NatsInstrumentor)  # not the one of the process, which may be in use
    instrumentor.instrument(tracer_provider=provider, meter_provider=NoOpMeterProvider())
    try:
        asyncio.run(asyncio.wait_for(_send_once(), SECONDS))
    finally:
        instrumentor.uninstrument()
    return f"nats-py {version('nats-py')}"


async def _send_once() -> None:
    processed = asyncio.Event()

    async def process(_: Any) -> None:
        processed.set()

    async with await asyncio.start_server(_serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = Client()
        await client.connect(f"nats://127.0.0.1:{port}", allow_reconnect=False)
        async with client:
            await client.subscribe("otelkit.probe", cb=process)
            await client.publish("otelkit.probe")
            await processed.wait()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer pings, and hand a message with headers on to the subscription."""
    writer.write(_INFO)
    subscription = b""
    while line := await reader.readline():
        verb, *words = line.split()
        if verb == b"PING":
            writer.write(b"PONG\r\n")
        elif verb == b"SUB":
            subscription = words[-1]
        elif verb == b"HPUB":
            subject, *_, headers, total = words
            body = await reader.readexactly(int(total) + 2)
            writer.write(b"HMSG %s %s %s %s\r\n%s" % (subject, subscription, headers, total, body))
    writer.close()
