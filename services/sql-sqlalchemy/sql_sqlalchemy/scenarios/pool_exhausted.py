"""A connection is held while somebody else is asked; after: it is taken when the answer is there.

Three requests share one connection. The payment provider answers only when the others have given up, so
that the outcome does not depend on how fast this machine is.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from opentelemetry.trace import SpanKind
from sqlalchemy import select
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine

from sql_sqlalchemy.scenarios import Scenario, observe, seed_nothing
from sql_sqlalchemy.store.models import Account
from sql_sqlalchemy.store.sqlite import reading

REQUESTS = 3


async def before(engine: AsyncEngine) -> None:
    """Hold the connection while the provider thinks."""
    refused = asyncio.Barrier(REQUESTS)

    async def pay() -> None:
        with suppress(PoolTimeoutError), observe("pay order"):
            try:
                async with reading(engine).connect() as connection:
                    await connection.execute(select(Account.id))
                    await _ask_provider(refused.wait)
            except PoolTimeoutError:
                await refused.wait()
                raise

    with observe("before: three customers pay"):
        await asyncio.gather(*(pay() for _ in range(REQUESTS)))


async def after(engine: AsyncEngine) -> None:
    """Take the connection when there is something to ask the database."""
    everybody = asyncio.Barrier(REQUESTS)

    async def pay() -> None:
        with observe("pay order"):
            await _ask_provider(everybody.wait)
            async with reading(engine).connect() as connection:
                await connection.execute(select(Account.id))

    with observe("after: three customers pay"):
        await asyncio.gather(*(pay() for _ in range(REQUESTS)))


async def _ask_provider(answer: Callable[[], Awaitable[object]]) -> None:
    with observe("ask payment provider", SpanKind.CLIENT):
        await answer()


SCENARIO = Scenario(
    "three requests and one connection: two are turned away before, none after",
    seed_nothing,
    before,
    after,
    settings={"pool_size": 1, "pool_overflow": 0, "pool_seconds": 0.3},
)
