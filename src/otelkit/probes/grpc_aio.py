"""Probe: one call from a channel of grpc.aio to a server of its own on the loopback."""

import asyncio
from importlib.metadata import version

import grpc
from grpc.aio import insecure_channel, server
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.trace import TracerProvider

from otelkit.instrumentation.grpc_aio import GrpcAioInstrumentor

SECONDS = 5.0


def emit_spans(provider: TracerProvider) -> str:
    """Instrument grpc.aio with `provider`, make one call and undo it; returns the version."""
    instrumentor = object.__new__(GrpcAioInstrumentor)  # not the one of the process, which may be in use
    instrumentor.instrument(tracer_provider=provider, meter_provider=NoOpMeterProvider())
    try:
        asyncio.run(_call_once())
    finally:
        instrumentor.uninstrument()
    return f"grpcio {version('grpcio')}"


async def _call_once() -> None:
    served = server()
    handlers = {"Answer": grpc.unary_unary_rpc_method_handler(_answer)}
    served.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("otelkit.Probe", handlers),))
    port = served.add_insecure_port("127.0.0.1:0")
    await served.start()
    try:
        async with insecure_channel(f"127.0.0.1:{port}") as channel:
            await channel.unary_unary("/otelkit.Probe/Answer", None, None)(b"", timeout=SECONDS)
    finally:
        await served.stop(None)


async def _answer(request: bytes, _: object) -> bytes:
    return request
