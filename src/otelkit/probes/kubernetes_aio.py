"""Probe: one call of a client of kubernetes.aio to a server of its own on the loopback."""

import asyncio
from importlib.metadata import version

from kubernetes.aio.client import Configuration
from kubernetes.aio.client.rest import RESTClientObject
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.trace import TracerProvider

from otelkit.instrumentation.kubernetes_aio import KubernetesAioInstrumentor

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


def emit_client_span(provider: TracerProvider) -> str:
    """Instrument the client with `provider`, make one call and undo it; returns the version."""
    instrumentor = object.__new__(
        KubernetesAioInstrumentor
    )  # not the one of the process, which may be in use
    instrumentor.instrument(tracer_provider=provider, meter_provider=NoOpMeterProvider())
    try:
        asyncio.run(_call_once())
    finally:
        instrumentor.uninstrument()
    return f"kubernetes {version('kubernetes')}"


async def _call_once() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = RESTClientObject(Configuration(host=f"http://127.0.0.1:{port}"))
    try:
        answer = await client.request("GET", f"http://127.0.0.1:{port}/version")  # type: ignore[no-untyped-call]  # upstream forgot the annotation
        await answer.read()
    finally:
        await client.close()
        server.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(ANSWER)
    await writer.drain()
    writer.close()
