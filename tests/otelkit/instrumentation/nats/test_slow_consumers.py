"""Slow consumers: counted to the message, and said in the log now and then."""

import logging

import pytest
from nats.aio.client import Client
from nats.errors import SlowConsumerError

from otelkit.instrumentation.nats import slow_consumers
from otelkit.testing.servers.server import Server

from .conftest import Instrument
from .recorded import until

pytestmark = pytest.mark.integration
DROPPED = "otelkit.nats.slow_consumer.dropped"


@pytest.mark.parametrize("limit", [{"pending_msgs_limit": 2}, {"pending_bytes_limit": 3}])
async def test_dropped_messages_are_counted_and_logged(
    instrument: Instrument,
    nats_server: Server,
    subject: str,
    caplog: pytest.LogCaptureFixture,
    limit: dict[str, int],
) -> None:
    recorded = instrument()
    errors: list[Exception] = []

    async def note(error: Exception) -> None:
        errors.append(error)

    connection = Client()
    await connection.connect(nats_server.url, error_cb=note)
    await connection.subscribe(subject, queue="packers", **limit)  # type: ignore[arg-type]
    for _ in range(10):
        await connection.publish(subject, b"1")
    await until(lambda: len(errors) == 8)
    await connection.close()

    ((attributes, count),) = recorded.points(DROPPED)
    assert count == 8
    assert all(isinstance(error, SlowConsumerError) for error in errors)
    assert attributes["messaging.destination.name"] == subject
    assert attributes["messaging.consumer.group.name"] == "packers"
    lines = [record for record in caplog.records if record.name == slow_consumers.__name__]
    assert [record.levelno for record in lines] == [logging.WARNING]
    assert f"dropped 1 message(s), the last of {subject}" in lines[0].getMessage()


async def test_next_line_of_the_log_has_the_number_since_the_one_before(
    instrument: Instrument,
    connection: Client,
    subject: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instrument()
    subscription = await connection.subscribe(subject)
    now = 100.0
    monkeypatch.setattr(slow_consumers, "monotonic", lambda: now)
    for seconds in (0, 1, 2, 11):
        now = 100.0 + seconds
        SlowConsumerError(subject=subject, reply="", sid=1, sub=subscription)

    lines = [record.getMessage() for record in caplog.records if record.name == slow_consumers.__name__]
    assert ["dropped 1 " in lines[0], "dropped 3 " in lines[1], len(lines)] == [True, True, 2]
