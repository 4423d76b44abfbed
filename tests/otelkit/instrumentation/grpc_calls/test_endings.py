"""Ends that the truth table has not: of loops, channels, handles and of the instrumentation itself."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from threading import Thread
from typing import Any

import grpc
import pytest
from grpc.experimental import ChannelOptions
from opentelemetry.trace import StatusCode

from otelkit.instrumentation.grpc_aio import GrpcAioInstrumentor
from tests.waiting import wait_until

from .conftest import Instrument
from .recorder import code_of
from .served import channel, echo, service, serving, serving_sync, settled, sync_channel


async def endless(request: bytes, _: Any) -> AsyncIterator[bytes]:
    while True:
        yield request
        await asyncio.sleep(0.001)


def test_stream_that_is_open_when_the_loop_ends_is_ended(instrument: Instrument) -> None:
    recorder = instrument("aio")
    kept: list[Any] = []

    async def leave_open() -> None:
        async with serving(service(stream=endless)) as address:
            kept.extend([channel(address)])
            kept.append(kept[0].unary_stream("/shop.Stock/stream")(b"1"))
            assert await kept[1].read() == b"1"

    asyncio.run(leave_open())
    kept.clear()
    gc.collect()

    wait_until(recorder.is_settled, 5, recorder.explain)


async def test_handle_that_another_thread_drops_cancels_its_call(instrument: Instrument) -> None:
    recorder = instrument("aio")
    async with serving(service(stream=endless)) as address, channel(address) as open_channel:
        held = [open_channel.unary_stream("/shop.Stock/stream")(b"1")]
        assert await held[0].read() == b"1"

        thread = Thread(target=held.clear)
        thread.start()
        await asyncio.to_thread(thread.join)

        await settled(recorder)
    assert code_of(recorder.client) == "CANCELLED"


async def test_handle_is_the_call_that_it_holds(instrument: Instrument) -> None:
    instrument("aio")
    async with serving(service(stream=endless)) as address, channel(address) as open_channel:
        call = open_channel.unary_stream("/shop.Stock/stream")(b"1")

        assert isinstance(call, grpc.aio.UnaryStreamCall)
        assert [await anext(aiter(call)) for _ in range(2)] == [b"1", b"1"]
        assert call.cancel()


async def test_call_over_a_closed_channel_is_an_error_without_status(instrument: Instrument) -> None:
    recorder = instrument("aio")
    open_channel = channel("127.0.0.1:1")
    await open_channel.close()

    with pytest.raises(grpc.aio.UsageError):
        open_channel.unary_unary("/shop.Stock/unary")(b"1")

    (span,) = recorder.ended
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "grpc._cython.cygrpc.UsageError"


def numbers(request: bytes, context: Any) -> Iterator[bytes]:
    while context.is_active():
        yield request


@pytest.mark.parametrize("how", ["cancel", "drop"])
def test_stream_without_a_thread_of_its_own_ends_too(instrument: Instrument, how: str) -> None:
    recorder = instrument("sync")
    options = [(ChannelOptions.SingleThreadedUnaryStream, 1)]
    with serving_sync(service(stream=numbers)) as address, sync_channel(address, options=options) as one:
        call = one.unary_stream("/shop.Stock/stream")(b"1")
        assert next(call) == b"1"

        if how == "cancel":
            call.cancel()
        del call

        wait_until(recorder.is_settled, 5, recorder.explain)
    assert code_of(recorder.client) == "CANCELLED"


async def test_after_uninstrumenting_nothing_is_seen_any_more(instrument: Instrument) -> None:
    recorder = instrument("aio")
    async with serving(service(unary=echo)) as address, channel(address) as open_channel:
        call = open_channel.unary_unary("/shop.Stock/unary")
        await call(b"1")
        await settled(recorder)

        GrpcAioInstrumentor().uninstrument()
        await call(b"1")
        GrpcAioInstrumentor().instrument()  # for the fixture to undo

    assert len(recorder.started) == 2
