"""Messages: counted as attributes where they stream, events when asked for."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.waiting import wait_until

from .conftest import Instrument
from .served import call_once, channel, service, serving


async def three(request: bytes, _: Any) -> AsyncIterator[bytes]:
    for _number in range(3):
        yield request


async def four(request: bytes, context: Any) -> None:
    for _number in range(4):
        await context.write(request)


@pytest.mark.parametrize(("behavior", "count"), [(three, 3), (four, 4)], ids=["yield", "context.write"])
async def test_messages_of_a_stream_are_counted_on_both_sides(
    instrument: Instrument, behavior: Any, count: int
) -> None:
    recorder = instrument("aio")

    async with serving(service(stream=behavior)) as address, channel(address) as open_channel:
        received = [message async for message in open_channel.unary_stream("/shop.Stock/stream")(b"1")]
        await asyncio.to_thread(wait_until, recorder.is_settled, 5)

    assert len(received) == count
    assert (recorder.client.attributes or {})["grpc.messages.received"] == count
    assert (recorder.server.attributes or {})["grpc.messages.sent"] == count
    assert not recorder.server.events


@pytest.mark.parametrize("stack", ["aio", "sync"])
async def test_each_message_is_an_event_when_asked_for(instrument: Instrument, stack: str) -> None:
    recorder = instrument(stack, message_events=True)

    await call_once(stack)

    said = [(event.name, dict(event.attributes or {})) for event in recorder.client.events]
    assert said == [
        ("rpc.message", {"rpc.message.type": "SENT", "rpc.message.id": 1}),
        ("rpc.message", {"rpc.message.type": "RECEIVED", "rpc.message.id": 1}),
    ]
    assert [event.attributes["rpc.message.type"] for event in recorder.server.events if event.attributes] == [
        "RECEIVED",
        "SENT",
    ]
