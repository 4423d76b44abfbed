"""A service of grpc.aio and one of the sync stack, and a channel to each."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import grpc

from tests.waiting import wait_until

from .recorder import Recorder

SERVICE = "shop.Stock"
_MAKERS = {
    "unary": grpc.unary_unary_rpc_method_handler,
    "stream": grpc.unary_stream_rpc_method_handler,
    "collect": grpc.stream_unary_rpc_method_handler,
    "talk": grpc.stream_stream_rpc_method_handler,
}


def service(name: str = SERVICE, **behaviors: Any) -> Any:
    """A service whose methods are named like their modes: `unary`, `stream`, `collect`, `talk`."""
    handlers: dict[str, Any] = {mode: _MAKERS[mode](behavior) for mode, behavior in behaviors.items()}
    return grpc.method_handlers_generic_handler(name, handlers)


@asynccontextmanager
async def serving(*services: Any, **options: Any) -> AsyncIterator[str]:
    """Serve with grpc.aio; gives the address."""
    server = grpc.aio.server(**options)
    server.add_generic_rpc_handlers(services)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(None)


@contextmanager
def serving_sync(*services: Any, **options: Any) -> Iterator[str]:
    """Serve with the sync stack; gives the address."""
    with ThreadPoolExecutor(4) as pool:
        server = grpc.server(pool, list(services), **options)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(None).wait(10)


def channel(address: str, **options: Any) -> Any:
    """A channel of grpc.aio, untyped: its methods take serializers that are not needed here."""
    return grpc.aio.insecure_channel(address, **options)


def sync_channel(address: str, **options: Any) -> Any:
    """A channel of the sync stack, likewise."""
    return grpc.insecure_channel(address, **options)


async def echo(request: bytes, _: Any) -> bytes:
    return request


def echo_sync(request: bytes, _: Any) -> bytes:
    return request


async def call_once(stack: str) -> str:
    """One unary call of a stack; gives the address of its server."""
    if stack == "aio":
        async with serving(service(unary=echo)) as address, channel(address) as open_channel:
            assert await open_channel.unary_unary("/shop.Stock/unary")(b"1") == b"1"
        return address
    with serving_sync(service(unary=echo_sync)) as address, sync_channel(address) as open_channel:
        assert open_channel.unary_unary("/shop.Stock/unary")(b"1") == b"1"
    return address


async def settled(recorder: Recorder) -> None:
    """Wait until all spans have ended, without holding up the loop."""
    await asyncio.to_thread(wait_until, recorder.is_settled, 5, recorder.explain)
