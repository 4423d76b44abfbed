"""The pool: bounded, counted, and without what is closed; upstream's hands that out again."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aio_pika.pool import Pool as UpstreamPool
from opentelemetry.metrics import NoOpMeter

from rabbitmq_aio_pika.broker.errors import UnavailableError
from rabbitmq_aio_pika.broker.pool import Pool
from rabbitmq_aio_pika.broker.pool_metrics import PoolMetrics


class Item:
    """Something that can be closed."""

    def __init__(self) -> None:
        self.is_closed = False

    async def close(self) -> None:
        self.is_closed = True


async def open_item() -> Item:
    return Item()


def make_pool(open_one: Callable[[], Awaitable[Item]] = open_item, size: int = 2) -> Pool[Item]:
    return Pool("items", open_one, size, 0.05, PoolMetrics(NoOpMeter("test")))


async def test_item_is_lent_again_and_counted() -> None:
    pool = make_pool()

    async with pool.take() as first:
        assert (pool.in_use, pool.idle) == (1, 0)
    async with pool.take() as second:
        assert second is first
    assert (pool.in_use, pool.idle, pool.size) == (0, 1, 2)


async def test_nobody_waits_longer_than_the_bound_for_an_item() -> None:
    pool = make_pool(size=1)

    async with pool.take():
        with pytest.raises(UnavailableError, match="all 1 items are in use"):
            async with pool.take():
                pass
    async with pool.take():
        assert pool.in_use == 1


@pytest.mark.parametrize("when", ["in use", "idle"])
async def test_closed_item_makes_room_for_a_new_one(when: str) -> None:
    pool = make_pool(size=1)
    async with pool.take() as closed:
        if when == "in use":
            closed.is_closed = True
    closed.is_closed = True

    async with pool.take() as item:
        assert item is not closed
        assert not item.is_closed


async def test_failure_to_open_leaves_the_place_to_others() -> None:
    failures = [UnavailableError("away")]

    async def open_at_second_try() -> Item:
        if failures:
            raise failures.pop()
        return Item()

    pool = make_pool(open_at_second_try, size=1)
    with pytest.raises(UnavailableError, match="away"):
        async with pool.take():
            pass
    async with pool.take():
        assert pool.in_use == 1


async def test_cancelled_borrower_gives_back() -> None:
    pool, taken = make_pool(size=1), asyncio.Event()

    async def borrow() -> None:
        async with pool.take():
            taken.set()
            await asyncio.Event().wait()

    borrower = asyncio.create_task(borrow())
    await taken.wait()
    borrower.cancel()
    await asyncio.gather(borrower, return_exceptions=True)

    async with pool.take():
        assert pool.in_use == 1


async def test_closed_pool_closes_what_comes_back_and_opens_nothing() -> None:
    pool = make_pool()
    async with pool.take() as item:
        await pool.close()
    assert item.is_closed
    with pytest.raises(UnavailableError, match="are closed"):
        async with pool.take():
            pass


@pytest.mark.xfail(strict=True, reason="https://github.com/mosquito/aio-pika/issues/670")
async def test_upstreams_pool_does_not_lend_what_is_closed() -> None:
    pool: UpstreamPool[Item] = UpstreamPool(open_item, max_size=1)  # type: ignore[arg-type]  # no subclass
    async with pool.acquire() as closed:
        closed.is_closed = True

    async with pool.acquire() as item:
        assert not item.is_closed
