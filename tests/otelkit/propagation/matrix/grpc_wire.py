"""gRPC: grpc.aio, instrumented, and peers of the other stack, which is not."""

import asyncio
from collections.abc import Mapping
from typing import Any

from otelkit.instrumentation.grpc_aio import GrpcAioInstrumentor
from tests.otelkit.instrumentation.grpc_calls.served import (
    channel,
    service,
    serving,
    serving_sync,
    sync_channel,
)

from .wires import Pairs, Recorded, Wire

METHOD = "/shop.Stock/unary"


class GrpcWire(Wire):
    """Unary calls on loopback."""

    async def write(self, recorded: Recorded, **options: Any) -> Pairs:
        found: Pairs = []

        def look(request: bytes, context: Any) -> bytes:
            found.extend(context.invocation_metadata())
            return request

        GrpcAioInstrumentor().instrument(tracer_provider=recorded.tracers, **options)
        try:
            with serving_sync(service(unary=look)) as address:
                async with channel(address) as open_channel:
                    await open_channel.unary_unary(METHOD)(b"1")
        finally:
            GrpcAioInstrumentor().uninstrument()
        return found

    async def read(self, recorded: Recorded, headers: Mapping[str, Any]) -> None:
        async def look(request: bytes, _: Any) -> bytes:
            recorded.look()
            return request

        GrpcAioInstrumentor().instrument(tracer_provider=recorded.tracers)
        try:
            async with serving(service(unary=look)) as address:
                await asyncio.to_thread(_call, address, headers)
        finally:
            GrpcAioInstrumentor().uninstrument()


def _call(address: str, headers: Mapping[str, Any]) -> None:
    with sync_channel(address) as open_channel:
        assert open_channel.unary_unary(METHOD)(b"1", metadata=tuple(headers.items())) == b"1"
