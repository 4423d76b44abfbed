"""What a message says of its deliveries before this one, and what a stranger made up is not said."""

from types import SimpleNamespace
from typing import Any

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from otelkit.instrumentation.aio_pika.deliveries import DEATH_COUNT, DEATH_REASON, DELIVERY_COUNT, describe

from .conftest import Instrument, Seen
from .reading import is_child, said

MOST = 2**63 - 1


def described(headers: dict[str, Any]) -> dict[str, Any]:
    fields = {"delivery_tag": 1, "body_size": 3, "message_id": None, "correlation_id": None}
    return describe(SimpleNamespace(**fields, redelivered=False, headers=headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"x-death": [{"count": MOST}, {"count": MOST}], "x-delivery-count": MOST},
        {"x-death": [{"count": -1}], "x-delivery-count": -1},
        {"x-death": [{"count": True}], "x-delivery-count": True},
        {"x-death": [{"reason": "r" * 100_000}]},
    ],
)
def test_history_that_no_broker_wrote_is_left_out(headers: dict[str, Any]) -> None:
    assert {DELIVERY_COUNT, DEATH_COUNT, DEATH_REASON}.isdisjoint(described(headers))


def test_history_is_told_up_to_what_a_span_can_say() -> None:
    deaths = [{"count": MOST - 1, "reason": "expired"}, {"count": 1}]
    history = described({"x-death": deaths, "x-delivery-count": MOST - 1})

    assert [history[name] for name in (DELIVERY_COUNT, DEATH_COUNT, DEATH_REASON)] == [MOST, MOST, "expired"]


@pytest.mark.integration
async def test_requeued_message_says_that_it_was_redelivered(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()

    async def handle(message: AbstractIncomingMessage) -> None:
        await (message.ack() if message.redelivered else message.reject(requeue=True))

    await queue.consume(handle)
    await channel.default_exchange.publish(Message(b"tea"), "orders")
    first, second = await seen.wait_for("process", 2)

    assert dict(first.events[0].attributes or {}) == {"messaging.rabbitmq.requeue": True}
    assert "messaging.rabbitmq.message.redelivered" not in said(first)
    assert said(second)["messaging.rabbitmq.message.redelivered"] is True
    assert first.context.trace_id == second.context.trace_id


@pytest.mark.integration
async def test_quorum_queue_counts_deliveries(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, kind: str
) -> None:
    instrument()
    name = f"counted-{kind}"
    queue = await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})

    async def handle(message: AbstractIncomingMessage) -> None:
        await (message.ack() if message.headers.get("x-delivery-count") == 2 else message.nack())

    await queue.consume(handle)
    await channel.default_exchange.publish(Message(b"tea"), name)
    processes = await seen.wait_for("process", 3)
    await queue.delete(if_unused=False, if_empty=False)

    counts = [said(span).get("messaging.rabbitmq.message.delivery_count") for span in processes]
    assert counts[1:] == [2, 3]


@pytest.mark.integration
async def test_dead_letter_says_how_often_it_died_and_of_what(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    dead = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "orders"}
    await channel.declare_queue("retries", exclusive=True, arguments={**dead, "x-message-ttl": 1})

    async def handle(message: AbstractIncomingMessage) -> None:
        await message.ack()

    await queue.consume(handle)
    await channel.default_exchange.publish(Message(b"tea"), "retries")
    (process,) = await seen.wait_for("process")

    assert said(process)["messaging.rabbitmq.message.death_count"] == 1
    assert said(process)["messaging.rabbitmq.message.death_reason"] == "expired"
    assert is_child(process, seen.one("publish"))
