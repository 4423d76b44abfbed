"""Headers of strangers: whatever is in them, the message is processed, and no parent is invalid."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace

from otelkit.instrumentation.aio_pika.deliveries import DEATH_COUNT, DELIVERY_COUNT, describe
from otelkit.instrumentation.messaging.carriers import extract

from .conftest import Instrument, Seen

TRACE = "0af7651916cd43dd8448eb211c80319c"
GOOD = f"00-{TRACE}-b7ad6b7169203331-01"
HOSTILE: list[Any] = [
    bytearray(b"\xff\xfe"),
    7,
    -1.5,
    True,
    None,
    [GOOD],
    {"traceparent": GOOD},
    datetime(2026, 1, 1, tzinfo=UTC),
    Decimal("1.5"),
    "",
    "00-" + "0" * 32 + "-b7ad6b7169203331-01",
    f"00-{TRACE}-" + "0" * 16 + "-01",
    GOOD.upper(),
    GOOD + "-extra",
    "ff" + GOOD[2:],
    "ü" * 40,
    "x" * 60_000,
]
ODD: dict[str, Any] = {
    "x-death": ["many", {"count": "two"}, 7],
    "x-delivery-count": "often",
    "tracestate": 5,
    "baggage": bytearray(b"\x00"),
}


@pytest.mark.integration
async def test_message_with_hostile_headers_is_processed_without_an_invalid_parent(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    for value in HOSTILE:
        await channel.default_exchange.publish(
            Message(b"tea", headers={"traceparent": value, **ODD}), "orders"
        )
    instrument()

    async def handle(message: AbstractIncomingMessage) -> None:
        await message.ack()

    await queue.consume(handle)
    processes = await seen.wait_for("process", len(HOSTILE))

    assert [span.parent for span in processes] == [None] * len(HOSTILE)
    assert [span.links for span in processes] == [()] * len(HOSTILE)


@pytest.mark.integration
@pytest.mark.parametrize("header", [{"traceparent": bytearray(GOOD.encode())}, {"Traceparent": GOOD}])
async def test_context_is_found_in_bytes_and_under_a_capital(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue, header: dict[str, Any]
) -> None:
    await channel.default_exchange.publish(Message(b"tea", headers=header), "orders")
    instrument()

    async for message in queue:
        await message.ack()
        break

    assert format(seen.one("process").context.trace_id, "032x") == TRACE


MOST = 2**63 - 1
NAMES = st.sampled_from(["traceparent", "tracestate", "baggage", "x-death", "x-delivery-count"]) | st.text()
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


class Delivered:
    """What `describe` reads of a message."""

    delivery_tag, body_size, message_id, correlation_id, redelivered = 1, 3, None, None, True
    headers: dict[str, Any]


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_no_headers_are_an_exception_or_an_invalid_parent(headers: dict[str, Any]) -> None:
    span = trace.get_current_span(extract(headers))
    assert span is trace.INVALID_SPAN or span.get_span_context().is_valid

    message = Delivered()
    message.headers = headers
    counts = [describe(message).get(name) for name in (DELIVERY_COUNT, DEATH_COUNT)]
    assert all(count is None or (type(count) is int and 0 <= count <= MOST) for count in counts)
