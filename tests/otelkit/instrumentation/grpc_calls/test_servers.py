"""What servers do besides: interceptors, messages that cannot be sent, limits, handlers in threads."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import grpc
import pytest
from opentelemetry.trace import get_current_span

from tests.waiting import wait_until

from .conftest import Instrument
from .recorder import code_of, exceptions_of
from .served import channel, echo, echo_sync, service, serving, serving_sync, settled, sync_channel


class Broken(grpc.aio.UnaryUnaryClientInterceptor):  # type: ignore[type-arg]  # generic in the stubs alone
    async def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        assert get_current_span().is_recording()
        raise LookupError("no token")


async def test_interceptor_of_the_application_sees_the_span_and_may_fail(instrument: Instrument) -> None:
    recorder = instrument("aio")
    async with serving(service(unary=echo)) as at, channel(at, interceptors=[Broken()]) as open_channel:
        with pytest.raises(LookupError):
            await open_channel.unary_unary("/shop.Stock/unary")(b"1")

    (span,) = recorder.ended
    assert (span.attributes or {})["error.type"] == "LookupError"


class Refusing(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]  # generic in the stubs alone
    async def intercept_service(self, continuation: Any, details: Any) -> Any:
        raise LookupError("no token")


async def test_interceptor_of_the_server_that_fails_is_the_servers_error(instrument: Instrument) -> None:
    recorder = instrument("aio")
    refused = serving(service(unary=echo), interceptors=[Refusing()])
    async with refused as address, channel(address) as open_channel:
        with pytest.raises(grpc.aio.AioRpcError, match="UNKNOWN"):
            await open_channel.unary_unary("/shop.Stock/unary")(b"1")
        await settled(recorder)

    assert (code_of(recorder.server), exceptions_of(recorder.server)) == ("UNKNOWN", 1)


def refuse(_: Any) -> bytes:
    raise LookupError("no message")


@pytest.mark.parametrize(("stack", "code"), [("aio", "UNKNOWN"), ("sync", "INTERNAL")])
async def test_response_that_cannot_be_sent_is_the_servers_error(
    instrument: Instrument, stack: str, code: str
) -> None:
    recorder = instrument(stack)
    behavior: Any = echo if stack == "aio" else echo_sync
    handler = grpc.unary_unary_rpc_method_handler(behavior, response_serializer=refuse)
    broken = grpc.method_handlers_generic_handler("shop.Stock", {"unary": handler})

    if stack == "aio":
        async with serving(broken) as address, channel(address) as open_channel:
            with pytest.raises(grpc.aio.AioRpcError, match=code):
                await open_channel.unary_unary("/shop.Stock/unary")(b"1")
            await settled(recorder)
    else:
        with serving_sync(broken) as address, sync_channel(address) as open_channel:
            with pytest.raises(grpc.RpcError, match=code):
                open_channel.unary_unary("/shop.Stock/unary")(b"1")
            await settled(recorder)

    assert (code_of(recorder.server), exceptions_of(recorder.server)) == (code, 1)


async def test_sync_handler_in_a_server_of_asyncio_is_observed_too(instrument: Instrument) -> None:
    recorder = instrument("aio")

    def abort(_: bytes, context: Any) -> bytes:
        assert get_current_span().is_recording()
        context.abort(grpc.StatusCode.NOT_FOUND, "no tea")
        raise AssertionError

    with ThreadPoolExecutor(1) as pool:
        server = serving(service(unary=abort), migration_thread_pool=pool)
        async with server as address, channel(address) as open_channel:
            with pytest.raises(grpc.aio.AioRpcError, match="NOT_FOUND"):
                await open_channel.unary_unary("/shop.Stock/unary")(b"1")
            await settled(recorder)

    assert (code_of(recorder.server), exceptions_of(recorder.server)) == ("NOT_FOUND", 0)


def test_call_above_the_limit_is_refused_and_ended(instrument: Instrument) -> None:
    recorder = instrument("sync")
    arrived, released = Event(), Event()

    def wait(request: bytes, _: Any) -> bytes:
        arrived.set()
        released.wait(10)
        return request

    limited = serving_sync(service(unary=wait), maximum_concurrent_rpcs=1)
    with limited as address, sync_channel(address) as open_channel:
        first = open_channel.unary_unary("/shop.Stock/unary").future(b"1")
        assert arrived.wait(5)
        with pytest.raises(grpc.RpcError, match="RESOURCE_EXHAUSTED"):
            open_channel.unary_unary("/shop.Stock/unary")(b"2")
        released.set()
        assert first.result() == b"1"

    wait_until(recorder.is_settled, 5, recorder.explain)
    codes = [code_of(span) for span in recorder.ended]
    assert sorted(filter(None, codes)) == ["OK", "OK", "RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED"]


async def test_call_above_the_limit_is_refused_by_asyncio_too(instrument: Instrument) -> None:
    recorder = instrument("aio")
    arrived, released = asyncio.Event(), asyncio.Event()

    async def wait(request: bytes, _: Any) -> bytes:
        arrived.set()
        await released.wait()
        return request

    limited = serving(service(unary=wait), maximum_concurrent_rpcs=1)
    async with limited as address, channel(address) as open_channel:
        first = open_channel.unary_unary("/shop.Stock/unary")(b"1")
        await arrived.wait()
        with pytest.raises(grpc.aio.AioRpcError, match="RESOURCE_EXHAUSTED"):
            await open_channel.unary_unary("/shop.Stock/unary")(b"2")
        released.set()
        assert await first == b"1"
        await settled(recorder)

    codes = [code_of(span) for span in recorder.ended]
    assert sorted(filter(None, codes)) == ["OK", "OK", "RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED"]
