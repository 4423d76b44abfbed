"""Levels under contention."""

import pytest

from nats_jetstream.errors import BrokerError
from nats_jetstream.shop import Shop
from nats_jetstream.stock import OutOfStockError, UnknownItemError

pytestmark = pytest.mark.integration


async def test_more_than_is_free_cannot_be_reserved(shop: Shop) -> None:
    await shop.stock.reserve("chair", 3, "first")

    with pytest.raises(OutOfStockError, match="2 of chair wanted, 1 are free"):
        await shop.stock.reserve("chair", 2, "second")


async def test_reservation_that_is_not_the_one_of_the_record_is_given_back(shop: Shop) -> None:
    await shop.stock.reserve("chair", 3, "order")

    await shop.stock.ship("chair", "order", "another token")

    assert (await shop.stock.look("chair")).model_dump() == {"level": 4, "reserved": {}}


async def test_item_that_the_shop_does_not_have_is_named(shop: Shop) -> None:
    with pytest.raises(UnknownItemError, match="the shop has no unicorn"):
        await shop.stock.look("unicorn")


async def test_shelf_that_others_change_all_the_time_is_an_error_and_no_endless_loop(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nats_jetstream.stock._ATTEMPTS", 2)
    read = shop.stock._read

    async def too_late(item: str) -> object:
        shelf, revision = await read(item)
        await shop.stock._bucket.put(item, shelf.model_dump_json().encode())
        return shelf, revision

    monkeypatch.setattr(shop.stock, "_read", too_late)

    with pytest.raises(BrokerError, match="2 attempts"):
        await shop.stock.reserve("tea", 1, "order")
