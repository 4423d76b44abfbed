"""The floor of gRPC telemetry: spans and metric points as ours makes them, written by hand for one method.

Same names, attributes, context in metadata, same SDK; nothing else. What an instrumentation costs on top of
this is its own.
"""

from collections.abc import Awaitable, Callable
from time import time_ns
from typing import Any

from opentelemetry import context, propagate
from opentelemetry.metrics import get_meter
from opentelemetry.trace import SpanKind, get_tracer, set_span_in_context

NAME = "shop.stock.v1.Stock/Reserve"
STARTED: dict[str, str | int] = {"rpc.system.name": "grpc", "rpc.method": NAME}
BOUNDARIES_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)


def traced_call(call: Callable[..., Awaitable[Any]], port: int) -> Callable[..., Awaitable[Any]]:
    """Give the unary `call` with a client span and a point."""
    tracer, duration = get_tracer("bench"), _histogram("rpc.client.call.duration")
    started = {**STARTED, "server.address": "127.0.0.1", "server.port": port}
    ended = {**started, "rpc.response.status_code": "OK"}

    async def traced(request: Any) -> Any:
        start = time_ns()
        parent = context.get_current()
        span = tracer.start_span(NAME, parent, SpanKind.CLIENT, started, start_time=start)
        inside = set_span_in_context(span, parent)
        carrier: dict[str, str] = {}
        propagate.inject(carrier, inside)
        response = await call(request, metadata=tuple(carrier.items()))
        end = time_ns()
        span.set_attribute("rpc.response.status_code", "OK")
        duration.record((end - start) / 1e9, ended, inside)
        span.end(end)
        return response

    return traced


def traced_handler(handle: Callable[[Any, Any], Awaitable[Any]]) -> Callable[[Any, Any], Awaitable[Any]]:
    """Give the unary handler with a server span, current inside, and a point."""
    tracer, duration = get_tracer("bench"), _histogram("rpc.server.call.duration")
    ended = {**STARTED, "rpc.response.status_code": "OK"}

    async def traced(request: Any, servicer_context: Any) -> Any:
        start = time_ns()
        parent = propagate.extract(dict(servicer_context.invocation_metadata()), context.get_current())
        span = tracer.start_span(NAME, parent, SpanKind.SERVER, STARTED, start_time=start)
        inside = set_span_in_context(span, parent)
        token = context.attach(inside)
        response = await handle(request, servicer_context)
        context.detach(token)
        end = time_ns()
        span.set_attribute("rpc.response.status_code", "OK")
        duration.record((end - start) / 1e9, ended, inside)
        span.end(end)
        return response

    return traced


def _histogram(name: str) -> Any:
    return get_meter("bench").create_histogram(
        name, "s", explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS
    )
