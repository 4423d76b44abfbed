"""Acknowledgements: events, spans or nothing."""

from typing import Any

import pytest
from nats.errors import MsgAlreadyAckdError
from nats.js.client import JetStreamContext
from opentelemetry.trace import SpanKind

from .conftest import Instrument, Pull, publish_paid
from .recorded import Recorded, attributes_of, id_of, parent_of

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    "settlement", [("ack",), ("ack_sync", 5), ("nak",), ("nak", 30), ("term",), ("in_progress",)]
)
async def test_settling_is_an_event_of_the_process_span(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str, settlement: Any
) -> None:
    word, *arguments = settlement
    recorded = instrument()
    await publish_paid(streams, subject, 1)
    for message in await pull.fetch(1, timeout=5):
        await getattr(message, word)(*arguments)

    (event,) = recorded.named("process").events
    expected = {"messaging.nats.nak.delay": 30} if settlement == ("nak", 30) else {}
    assert (event.name, dict(event.attributes or {})) == (word, expected)
    assert sorted(name.split()[0] for name in recorded.names) == ["fetch", "process", "publish"]


async def test_settling_is_a_span_by_setting(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str
) -> None:
    recorded = instrument(settle="span")
    await publish_paid(streams, subject, 1)
    for message in await pull.fetch(1, timeout=5):
        await message.nak(delay=0.5)

    settled, processed = recorded.named("nak"), recorded.named("process")
    assert (settled.name, settled.kind) == (f"nak {subject}.paid", SpanKind.CLIENT)
    assert attributes_of(settled)["messaging.operation.type"] == "settle"
    assert attributes_of(settled)["messaging.nats.nak.delay"] == 0.5
    assert parent_of(settled) == id_of(processed)
    assert processed.events == ()
    assert recorded.point("messaging.client.operation.duration", messaging_operation_name="nak") == 1


async def test_settling_is_nothing_by_setting(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str
) -> None:
    recorded = instrument(settle="none")
    await publish_paid(streams, subject, 1)
    for message in await pull.fetch(1, timeout=5):
        await message.ack()

    assert recorded.named("process").events == ()


@pytest.mark.parametrize("settle", ["event", "span"])
async def test_settling_that_fails_says_so(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str, settle: str
) -> None:
    recorded = instrument(settle=settle)
    await publish_paid(streams, subject, 1)
    for message in await pull.fetch(1, timeout=5):
        await message.ack()
        with pytest.raises(MsgAlreadyAckdError):
            await message.term()

    assert _error_of_term(recorded, settle) == "nats.errors.MsgAlreadyAckdError"


def _error_of_term(recorded: Recorded, settle: str) -> Any:
    if settle == "span":
        return attributes_of(recorded.named("term"))["error.type"]
    event = recorded.named("process").events[1]
    return (event.attributes or {})["error.type"]
