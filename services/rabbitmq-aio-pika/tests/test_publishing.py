"""Publishing: each message gets its own verdict, however many are under way."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from rabbitmq_aio_pika.broker.errors import BrokerError, UnavailableError, UnroutableError
from rabbitmq_aio_pika.broker.topology import SHIPMENTS, STANDARD
from rabbitmq_aio_pika.messages import make_message
from rabbitmq_aio_pika.publisher import Letter
from rabbitmq_aio_pika.shapes import ShipmentRequest
from rabbitmq_aio_pika.shop import Shop

pytestmark = pytest.mark.integration
OpenShop = Callable[..., AbstractAsyncContextManager[Shop]]


def parcel(**more: str) -> ShipmentRequest:
    return ShipmentRequest.model_validate({"order_id": "order-1", **more})


async def test_unroutable_message_is_an_error_of_whoever_publishes_it_himself(shop: Shop) -> None:
    letter = Letter(SHIPMENTS, "shipment.requested.drone", make_message("1", "shipment.requested", b"{}"))

    with pytest.raises(UnroutableError, match="312 NO_ROUTE"):
        await shop.publisher.publish(letter)


async def test_each_of_many_messages_in_flight_gets_its_own_verdict(shop: Shop) -> None:
    letters = [
        Letter(
            SHIPMENTS,
            "shipment.requested.drone" if number % 7 == 0 else "shipment.requested.standard",
            make_message(f"many-{number}", "shipment.requested", parcel().model_dump_json().encode()),
        )
        for number in range(500)
    ]

    errors = await shop.publisher.publish_all(letters)

    refused = [number for number, error in enumerate(errors) if isinstance(error, UnroutableError)]
    assert refused == list(range(0, 500, 7))
    assert sum(error is None for error in errors) == 500 - len(refused)


async def test_publisher_that_was_closed_says_so(open_here: OpenShop) -> None:
    async with open_here() as shop:
        publisher = shop.publisher

    with pytest.raises(UnavailableError):
        await publisher.publish(Letter("", STANDARD, make_message("1", "kind", b"{}")))
    (error,) = await publisher.publish_all([Letter("", STANDARD, make_message("1", "kind", b"{}"))])
    assert isinstance(error, BrokerError)
