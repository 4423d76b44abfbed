"""The tables of the order ledger.

Money is whole cents. Ids of what clients make are UUIDs, made before the first attempt, so that a second one
finds what the first one did.
"""

from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Enum, ForeignKey, Index, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from sql_sqlalchemy.store.types import Serial, UtcDateTime


class OrderStatus(StrEnum):
    """How far an order is."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can speak of it on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def now() -> datetime:
    """Give the time as every table keeps it."""
    return datetime.now(UTC)


class Account(Base):
    """A customer and what they own."""

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("balance_cents >= 0", "not_overdrawn"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(100))
    balance_cents: Mapped[int] = mapped_column(Serial)


class Order(Base):
    """An order; `version` counts its changes, and a change of an old version fails."""

    __tablename__ = "orders"
    __table_args__ = (
        Index(None, "placed_at", "id"),  # the order of pages
        Index(None, "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    status: Mapped[OrderStatus] = mapped_column(
        Enum(OrderStatus, native_enum=False, length=20, values_callable=lambda kinds: [*kinds])
    )
    total_cents: Mapped[int] = mapped_column(Serial)
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    version: Mapped[int] = mapped_column()

    account: Mapped[Account] = relationship(lazy="raise")
    lines: Mapped[list["OrderLine"]] = relationship(lazy="raise", order_by="OrderLine.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - how the mapper is configured


class OrderLine(Base):
    """One item of an order."""

    __tablename__ = "order_lines"
    __table_args__ = (CheckConstraint("quantity > 0", "quantity"), Index(None, "order_id"))

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    item: Mapped[str] = mapped_column(String(100))
    quantity: Mapped[int]
    price_cents: Mapped[int] = mapped_column(Serial)


class Transfer(Base):
    """Money that went from one account to another: written in the transaction that moved it."""

    __tablename__ = "transfers"
    __table_args__ = (CheckConstraint("amount_cents > 0", "amount"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_account: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    to_account: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    amount_cents: Mapped[int] = mapped_column(Serial)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class OutboxMessage(Base):
    """What is still to be told to others: a row is there until it was dispatched."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "due_at", "id"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    topic: Mapped[str] = mapped_column(String(100))
    key: Mapped[UUID]
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    headers: Mapped[dict[str, str]] = mapped_column(JSON)  # the trace that wrote it
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
