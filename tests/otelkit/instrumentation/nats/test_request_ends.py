"""Requests that nobody answers in time."""

import asyncio

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeoutError
from opentelemetry.trace import StatusCode

from .conftest import Instrument
from .recorded import attributes_of, until

pytestmark = pytest.mark.integration


async def test_request_that_nobody_answers_is_an_error(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    with pytest.raises(NoRespondersError):
        await connection.request(subject, timeout=5)

    asked = recorded.named("request")
    assert asked.status.status_code is StatusCode.ERROR
    assert attributes_of(asked)["error.type"] == "nats.errors.NoRespondersError"


async def test_request_that_is_answered_too_late_is_an_error(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    await connection.subscribe(subject)
    with pytest.raises(NatsTimeoutError):
        await connection.request(subject, timeout=0.01)

    assert attributes_of(recorded.named("request"))["error.type"] == "nats.errors.TimeoutError"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("404", "404"),
        ("0", "0"),
        ("12345", "_OTHER"),
        ("order-4711", "_OTHER"),
        ("\N{SUPERSCRIPT TWO}", "_OTHER"),
        ("404 x", "_OTHER"),
    ],
)
async def test_error_code_of_a_stranger_is_bounded(
    instrument: Instrument, connection: Client, subject: str, code: str, expected: str
) -> None:
    recorded = instrument()

    async def refuse(message: Msg) -> None:
        await connection.publish(message.reply, headers={"Nats-Service-Error-Code": code})

    await connection.subscribe(subject, cb=refuse)
    await connection.request(subject, timeout=5)

    assert attributes_of(recorded.named("request"))["error.type"] == expected
    assert recorded.point("messaging.client.sent.messages", error_type=expected) == 1


async def test_cancelled_request_ends_its_span(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    subscription = await connection.subscribe(subject)
    task = asyncio.create_task(connection.request(subject, timeout=5))
    await until(lambda: subscription.pending_msgs)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert attributes_of(recorded.named("request"))["error.type"] == "asyncio.exceptions.CancelledError"
