"""Publishes what aiormq would not: header tables that are bytes already, many confirms in flight."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import aiormq
import pamqp.encode
from pamqp.commands import Basic

from tests.e2e.drills.hostile_messages import HostileMessage

RAW = "raw"  # the one key of a table that stands for its encoded bytes
AT_ONCE = 100
Message = tuple[str, HostileMessage, bytes]  # id, headers, body


@contextmanager
def raw_tables() -> Iterator[None]:
    """Let `{RAW: bytes}` be those bytes on the wire."""
    encode = pamqp.encode.METHODS["table"]

    def encode_table(value: Any) -> bytes:
        return len(value[RAW]).to_bytes(4) + value[RAW] if value and RAW in value else encode(value)

    pamqp.encode.METHODS["table"] = encode_table
    try:
        yield
    finally:
        pamqp.encode.METHODS["table"] = encode


async def publish_hostile(url: str, queue: str, messages: Sequence[Message]) -> set[str]:
    """Publish to a queue; the ids that the broker confirmed."""
    confirmed: set[str] = set()
    free = asyncio.Semaphore(AT_ONCE)
    connection = await aiormq.connect(url)
    channel = await connection.channel()

    async def publish(message_id: str, hostile: HostileMessage, body: bytes) -> None:
        properties = Basic.Properties(message_id=message_id, delivery_mode=2, headers={RAW: hostile.table})
        async with free:
            await channel.basic_publish(body, routing_key=queue, properties=properties)
        confirmed.add(message_id)

    with raw_tables():
        await asyncio.gather(*(publish(*message) for message in messages))
    await connection.close()
    return confirmed
