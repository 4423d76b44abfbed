"""Probe: one call from a channel of grpc's sync stack to a server of its own on the loopback."""

from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

import grpc
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.trace import TracerProvider

from otelkit.instrumentation.grpc_sync import GrpcSyncInstrumentor

SECONDS = 5.0


def emit_spans(provider: TracerProvider) -> str:
    """Instrument grpc with `provider`, make one call and undo it; returns the version."""
    instrumentor = object.__new__(GrpcSyncInstrumentor)  # not the one of the process, which may be in use
    instrumentor.instrument(tracer_provider=provider, meter_provider=NoOpMeterProvider())
    try:
        _call_once()
    finally:
        instrumentor.uninstrument()
    return f"grpcio {version('grpcio')}"


def _call_once() -> None:
    handlers = {"Answer": grpc.unary_unary_rpc_method_handler(_answer)}
    with ThreadPoolExecutor(1, "otelkit-probe") as pool:
        server = grpc.server(pool, [grpc.method_handlers_generic_handler("otelkit.Probe", handlers)])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                channel.unary_unary("/otelkit.Probe/Answer", None, None)(b"", timeout=SECONDS)
        finally:
            server.stop(None).wait(SECONDS)


def _answer(request: bytes, _: object) -> bytes:
    return request
