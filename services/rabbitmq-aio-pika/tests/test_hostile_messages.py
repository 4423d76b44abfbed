"""Messages of strangers: whatever their headers hold, they are processed and end no connection.

The drill `rabbitmq_fuzzed` sends 50,000; these are the kinds that once did harm.
"""

import struct
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import uuid4

import aio_pika
import aiormq
import pamqp.encode
import pytest
from pamqp.commands import Basic

from otelkit.traces import Span
from rabbitmq_aio_pika.broker.topology import CUSTOMS, EXPRESS
from rabbitmq_aio_pika.messages import attempts_of, copy_message
from rabbitmq_aio_pika.patterns import until
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shapes import ShipmentRequest
from rabbitmq_aio_pika.shop import Shop

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("raw_tables")]
Spans = Callable[[Any], Awaitable[list[Span]]]
BODY = ShipmentRequest(order_id="order-1").model_dump_json().encode()
VALID = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def text(value: bytes) -> bytes:
    return b"S" + struct.pack(">I", len(value)) + value


def nested(depth: int) -> bytes:
    value = b"V"
    for _ in range(depth):
        field = b"\x01d" + value
        value = b"F" + struct.pack(">I", len(field)) + field
    return value


TABLES = {
    "nothing": b"",
    "a name that is no UTF-8": b"\x02\xff\xfeV",
    "a time far away": b"\x01aT" + struct.pack(">Q", 2**62),
    "a table in a table in a table": b"\x01a" + nested(950),
    "a traceparent that is a number": b"\x0btraceparentI" + struct.pack(">i", 1),
    "a traceparent that is no UTF-8": b"\x0btraceparent" + text(b"\xff" * 55),
    "much": b"\x01a" + text(b"x" * 100_000),
}


@pytest.fixture
def raw_tables() -> Iterator[None]:
    """Let `{"raw": bytes}` be those bytes on the wire."""
    encode = pamqp.encode.METHODS["table"]

    def encode_table(value: Any) -> bytes:
        if value and "raw" in value:
            return struct.pack(">I", len(value["raw"])) + bytes(value["raw"])
        return encode(value)

    pamqp.encode.METHODS["table"] = encode_table
    yield
    pamqp.encode.METHODS["table"] = encode


async def publish(settings: Settings, queue: str, table: bytes, body: bytes = BODY) -> str:
    message_id = str(uuid4())
    connection = await aiormq.connect(settings.rabbitmq_url.get_secret_value())
    async with connection:
        channel = await connection.channel()
        properties = Basic.Properties(message_id=message_id, delivery_mode=2, headers={"raw": table})
        await channel.basic_publish(body, routing_key=queue, properties=properties)
    return message_id


@pytest.mark.parametrize("queue", [CUSTOMS, EXPRESS])
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
async def test_message_is_processed_without_losing_the_connection(
    shop: Shop, settings: Settings, spans: Spans, table: bytes, queue: str
) -> None:
    lost: list[object] = []
    shop.consuming.connection.close_callbacks.add(lambda *reason: lost.append(reason))
    message_id = await publish(settings, queue, table)

    await until(lambda: shop.desk._inbox.has(queue, message_id))
    assert not lost

    def of_message(all_: list[Span]) -> list[Span]:
        return [span for span in all_ if span.attributes.get("messaging.message.id") == message_id]

    (process,) = of_message(await spans(lambda all_: bool(of_message(all_))))
    assert (process.parent_span_id, process.links) == ("", ())


async def test_valid_traceparent_is_continued_whatever_is_beside_it(
    shop: Shop, settings: Settings, spans: Spans
) -> None:
    beside = b"\x01a" + text(b"\xff") + b"\x0cshop-attemptt\x01"
    await publish(settings, CUSTOMS, beside + b"\x0btraceparent" + text(VALID))

    (process,) = await spans(1)
    assert process.trace_id == "0af7651916cd43dd8448eb211c80319c"
    assert process.parent_span_id == "b7ad6b7169203331"


async def test_message_with_much_in_its_headers_dies_and_is_replayed_like_others(
    shop: Shop, settings: Settings
) -> None:
    await publish(settings, CUSTOMS, TABLES["much"], body=b"{")

    async def is_dead() -> bool:
        return (await shop.dead_letters.show(shop.consuming.connection, 1)).count == 1

    await until(is_dead)
    assert (await shop.dead_letters.replay(shop.consuming.connection, 1)).replayed == 1
    await until(is_dead)


async def test_copies_leave_out_what_the_broker_said_of_another_journey(
    shop: Shop, settings: Settings
) -> None:
    channel = await shop.publishing.channels._open_one()
    queue = await channel.declare_queue(exclusive=True)
    headers: dict[str, Any] = {
        "x-death": [{"count": 3}],
        "X-Delivery-Count": 7,
        "shop-attempt": 2,
        "mine": "kept",
    }
    await channel.default_exchange.publish(aio_pika.Message(b"", headers=headers), queue.name)
    message = await queue.get()
    copy = copy_message(message, {"shop-queue": "q"})
    await message.ack()
    await channel.close()

    assert attempts_of(message) == 2
    assert {name for name in copy.headers if not name.startswith("trace")} == {
        "shop-attempt",
        "mine",
        "shop-queue",
    }
