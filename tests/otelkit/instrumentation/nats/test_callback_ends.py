"""Callbacks that fail or are cancelled, and what is counted."""

import asyncio
from typing import Any

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from opentelemetry.trace import StatusCode

from .conftest import Instrument
from .recorded import attributes_of, until

pytestmark = pytest.mark.integration


async def test_exception_of_a_callback_is_recorded_once_and_reaches_the_error_callback(
    instrument: Instrument, nats_server: Any, subject: str
) -> None:
    recorded = instrument()
    errors: list[Exception] = []

    async def keep(error: Exception) -> None:
        errors.append(error)

    async def work(_: Msg) -> None:
        raise LookupError("no such order")

    async with await _connect(nats_server.url, keep) as connection:
        await connection.subscribe(subject, cb=work)
        await connection.publish(subject)
        await until(lambda: errors)

    processed = recorded.named("process")
    assert isinstance(errors[0], LookupError)
    assert processed.status.status_code is StatusCode.ERROR
    assert attributes_of(processed)["error.type"] == "LookupError"
    assert [event.name for event in processed.events] == ["exception"]
    assert recorded.point("messaging.process.duration", error_type="LookupError") == 1


async def test_cancelled_callback_ends_its_span_with_an_error(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    began = asyncio.Event()

    async def work(_: Msg) -> None:
        began.set()
        await asyncio.Event().wait()

    await connection.subscribe(subject, cb=work)
    await connection.publish(subject)
    await asyncio.wait_for(began.wait(), 5)
    await connection.close()
    await until(lambda: "process" in "".join(recorded.names))

    assert attributes_of(recorded.named("process"))["error.type"] == "asyncio.exceptions.CancelledError"


async def test_messages_sent_and_consumed_are_counted(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    done: list[Msg] = []

    async def work(message: Msg) -> None:
        done.append(message)

    await connection.subscribe(subject, cb=work)
    for _ in range(3):
        await connection.publish(subject)
    with pytest.raises(Exception, match="payload"):
        await connection.publish(subject, bytes(2_000_000))
    await until(lambda: len(done) == 3)

    name = {"messaging_destination_name": subject}
    error = {"error_type": "nats.errors.MaxPayloadError"}
    sent = [
        value for found, value in recorded.points("messaging.client.sent.messages") if "error.type" in found
    ]
    assert sent == [1]
    assert recorded.point("messaging.client.consumed.messages", **name) == 3
    assert recorded.point("messaging.client.operation.duration", **name, **error) == 1
    assert recorded.point("messaging.process.duration", **name) == 3


async def _connect(url: str, error_cb: Any) -> Client:
    client = Client()
    await client.connect(url, error_cb=error_cb)
    return client
