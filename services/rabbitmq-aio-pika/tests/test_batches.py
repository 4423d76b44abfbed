"""Batches: full or after a while, all or nothing in the store, and one bad scan does not spoil the others."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import uuid4

import pytest

from otelkit.traces import Span
from rabbitmq_aio_pika.broker.topology import SCANNED, SCANS
from rabbitmq_aio_pika.messages import make_message
from rabbitmq_aio_pika.patterns import until
from rabbitmq_aio_pika.publisher import Letter
from rabbitmq_aio_pika.shapes import Scan
from rabbitmq_aio_pika.shop import Shop

pytestmark = pytest.mark.integration
OpenShop = Callable[..., AbstractAsyncContextManager[Shop]]
Spans = Callable[[Any], Awaitable[list[Span]]]


def letter(scan_id: str = "", body: bytes = b"") -> Letter:
    scan_id = scan_id or str(uuid4())
    scan = Scan(id=scan_id, shipment_id="s", place="gate")  # type: ignore[arg-type]  # parsed
    return Letter(SCANS, SCANNED, make_message(scan_id, "scan", body or scan.model_dump_json().encode()))


async def recorded(shop: Shop) -> set[str]:
    return {row[0] for row in await shop.desk._database.read("SELECT id FROM scans")}


async def publish(shop: Shop, *letters: Letter) -> None:
    assert await shop.publisher.publish_all(letters) == [None] * len(letters)


async def test_batches_are_as_large_as_they_may_be(open_here: OpenShop, spans: Spans) -> None:
    async with open_here(batch_size=10, batch_seconds=0.5) as shop:
        await publish(shop, *(letter() for _ in range(25)))
        await until(lambda: has_recorded(shop, 25))

    batches = [span for span in await spans(28) if span.kind == "CONSUMER"]
    counts = sorted(int(str(span.attributes["messaging.batch.message_count"])) for span in batches)
    assert sum(counts) == 25
    assert counts[-1] == 10
    assert [len(span.links) for span in batches] == [
        span.attributes["messaging.batch.message_count"] for span in batches
    ]


async def has_recorded(shop: Shop, count: int) -> bool:
    return len(await recorded(shop)) == count


async def test_unreadable_scan_is_dead_and_the_others_are_recorded(shop: Shop) -> None:
    await publish(shop, letter(), letter(body=b"{"), letter())

    await until(lambda: has_recorded(shop, 2))

    async def is_dead() -> bool:
        return (await shop.dead_letters.show(shop.consuming.connection, 10)).count == 1

    await until(is_dead)


async def test_scan_that_comes_twice_is_recorded_once(shop: Shop) -> None:
    twice = str(uuid4())
    await publish(shop, letter(twice))
    await publish(shop, letter(twice), letter())

    await until(lambda: has_recorded(shop, 2))


async def test_batch_that_cannot_be_recorded_comes_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [OSError("disk full")]
    process = shop._scans._process

    async def fail_first(batch: list[Any]) -> None:
        if failures:
            raise LookupError("the store is away") from failures.pop()
        await process(batch)

    monkeypatch.setattr(shop._scans, "_process", fail_first)
    await publish(shop, letter(), letter())

    await until(lambda: has_recorded(shop, 2))
    assert not failures


async def test_stopping_loses_no_scan(open_here: OpenShop) -> None:
    letters = [letter() for _ in range(50)]
    async with open_here(batch_seconds=5, batch_size=1000) as shop:
        await publish(shop, *letters)
    async with open_here() as shop:
        await until(lambda: has_recorded(shop, 50))
