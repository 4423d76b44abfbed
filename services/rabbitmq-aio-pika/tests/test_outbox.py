"""What was accepted leaves when the broker takes it, at least once, and is processed once."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from otelkit.testing import Sink
from rabbitmq_aio_pika.broker.topology import STANDARD
from rabbitmq_aio_pika.messages import make_message
from rabbitmq_aio_pika.patterns import until
from rabbitmq_aio_pika.publisher import Letter
from rabbitmq_aio_pika.shapes import ShipmentRequest
from rabbitmq_aio_pika.shipping import Carrier
from rabbitmq_aio_pika.shop import Shop
from rabbitmq_aio_pika.store.outbox import FullError, OutboxMessage
from rabbitmq_aio_pika.store.shipments import SHIPPED, ConflictError

pytestmark = pytest.mark.integration
OpenShop = Callable[..., AbstractAsyncContextManager[Shop]]


class CountingCarrier(Carrier):
    """Notes the parcels that it was asked to take."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def book(self, shipment: ShipmentRequest) -> None:
        self.asked.append(str(shipment.id))
        await super().book(shipment)


def parcel(**more: str) -> ShipmentRequest:
    return ShipmentRequest.model_validate({"order_id": "order-1", **more})


async def is_shipped(shop: Shop, wanted: ShipmentRequest) -> bool:
    return (await shop.desk.shipments.get(str(wanted.id))).state == SHIPPED


async def test_unroutable_message_stays_with_its_reason_and_holds_up_no_other(shop: Shop) -> None:
    nowhere, somewhere = parcel(service="drone"), parcel()
    await shop.desk.request(nowhere)
    await shop.desk.request(somewhere)

    await until(lambda: is_shipped(shop, somewhere))
    (kept,) = [one for one in await shop.outbox.show(10) if one.message_id == str(nowhere.id)]
    assert kept.reason is not None
    assert "shipment.requested.drone" in kept.reason
    assert "312 NO_ROUTE" in kept.reason
    assert kept.attempts >= 1


async def test_message_that_closes_the_channel_takes_no_others_down_with_it(shop: Shop) -> None:
    wanted = [parcel() for _ in range(5)]
    async with shop.desk._database.transaction() as transaction:
        await shop.outbox.add(transaction, OutboxMessage("odd", "shop.nowhere", "key", "odd", b"{}"))
    for one in wanted:
        await shop.desk.request(one)

    for one in wanted:
        await until(lambda one=one: is_shipped(shop, one))  # type: ignore[misc]  # a lambda's default
    kept = {one.message_id: one.reason for one in await shop.outbox.show(100)}
    assert "shop.nowhere" in (kept["odd"] or "")


async def test_request_that_is_repeated_is_shipped_once(open_here: OpenShop) -> None:
    carrier, wanted = CountingCarrier(), parcel()
    async with open_here(carrier) as shop:
        for _ in range(3):
            await shop.desk.request(wanted)
        await until(lambda: is_shipped(shop, wanted))
        await shop.desk.request(wanted)
        await until(lambda: nothing_waits(shop))

    assert carrier.asked == [str(wanted.id)]


async def test_id_of_another_shipment_is_a_conflict(shop: Shop) -> None:
    wanted = parcel()
    await shop.desk.request(wanted)

    with pytest.raises(ConflictError, match="is another one"):
        await shop.desk.request(wanted.model_copy(update={"country": "NZ"}))


async def test_message_that_was_confirmed_before_a_crash_comes_again_and_is_processed_once(
    open_here: OpenShop, otlp_sink: Sink
) -> None:
    carrier, wanted = CountingCarrier(), parcel()
    async with open_here(carrier) as shop:
        await shop.dispatcher.stop()
        await shop.desk.request(wanted)
        (waiting,) = await shop.outbox.take_due(10)
        await shop.publisher.publish(
            Letter(
                waiting.exchange,
                waiting.routing_key,
                make_message(waiting.message_id, waiting.kind, waiting.body, waiting.headers),
            )
        )
        await until(lambda: is_shipped(shop, wanted))

    async with open_here(carrier) as shop:  # the process that comes after the crash
        await until(lambda: nothing_waits(shop))
        points = await asyncio.to_thread(
            otlp_sink.wait_for_metrics,
            lambda all_: any(p.attributes.get("shop.outcome") == "duplicate" for p in all_),
        )

    assert carrier.asked == [str(wanted.id)]
    duplicates = [p for p in points if p.attributes.get("shop.outcome") == "duplicate"]
    assert {p.attributes["shop.queue"] for p in duplicates} == {STANDARD}


async def nothing_waits(shop: Shop) -> bool:
    await shop.outbox.count()
    return not shop.outbox.waiting


async def test_full_outbox_takes_no_more_requests(open_here: OpenShop) -> None:
    async with open_here(outbox_limit=2) as shop:
        await shop.dispatcher.stop()
        for _ in range(2):
            await shop.desk.request(parcel())

        with pytest.raises(FullError, match="2 messages wait"):
            await shop.desk.request(parcel())
