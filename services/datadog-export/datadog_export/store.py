"""Payments and refunds in SQLite, in memory: enough to have statements in each trace.

A refund is reserved before the bank is asked, and no transaction is open while it is: two refunds at once
cannot give back more than was paid. One connection, so that every transaction sees all before it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from opentelemetry import trace
from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from datadog_export.errors import OverRefundError, UnknownPaymentError

Outcome = Literal["paid", "refused", "unknown"]
PAID_CENTS = {"pay-1": 100_000, "pay-2": 2_500}

_tables = MetaData()
_payments = Table(
    "payments",
    _tables,
    Column("id", String, primary_key=True),
    Column("amount_cents", Integer, nullable=False),
)
_refunds = Table(
    "refunds",
    _tables,
    Column("id", String, primary_key=True),
    Column("payment_id", ForeignKey("payments.id"), nullable=False),
    Column("amount_cents", Integer, nullable=False),
    Column("state", String, nullable=False),
)


@asynccontextmanager
async def open_store() -> AsyncIterator["RefundStore"]:
    """Give a store with a few payments, and close it afterwards."""
    engine = create_async_engine(
        "sqlite+aiosqlite://",
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=2,
        hide_parameters=True,
    )
    try:
        with trace.get_tracer(__name__).start_as_current_span("open store"):  # or each statement is a trace
            await _fill(engine)
        yield RefundStore(engine)
    finally:
        await engine.dispose()


async def _fill(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(_tables.create_all, checkfirst=False)
        rows = [{"id": name, "amount_cents": cents} for name, cents in PAID_CENTS.items()]
        await connection.execute(insert(_payments), rows)


class RefundStore:
    """Knows what has been paid and what of it goes back."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def reserve(self, refund_id: str, payment_id: str, amount_cents: int) -> None:
        """Note a refund that is to be paid out. Raises UnknownPaymentError and OverRefundError."""
        counts = and_(_refunds.c.payment_id == _payments.c.id, _refunds.c.state != "refused")
        left = (
            select(_payments.c.amount_cents - func.coalesce(func.sum(_refunds.c.amount_cents), 0))
            .join_from(_payments, _refunds, counts, isouter=True)
            .where(_payments.c.id == payment_id)
            .group_by(_payments.c.id)
        )
        async with self._engine.begin() as connection:
            cents = await connection.scalar(left)
            if cents is None:
                raise UnknownPaymentError("there is no such payment")
            if amount_cents > cents:
                raise OverRefundError(f"of this payment {cents} cents are left")
            row = {
                "id": refund_id,
                "payment_id": payment_id,
                "amount_cents": amount_cents,
                "state": "reserved",
            }
            await connection.execute(insert(_refunds), row)

    async def settle(self, refund_id: str, outcome: Outcome) -> None:
        """Note how it ended: one that was refused no longer counts, one of which nobody knows does."""
        change = update(_refunds).where(_refunds.c.id == refund_id).values(state=outcome)
        async with self._engine.begin() as connection:
            await connection.execute(change)
