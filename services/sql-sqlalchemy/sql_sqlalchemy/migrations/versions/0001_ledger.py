"""The ledger: accounts, orders with their lines, transfers, and the outbox.

A migration keeps its own idea of the types: what the models say may change after it has run.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("balance_cents", SERIAL, nullable=False),
        sa.CheckConstraint("balance_cents >= 0", "ck_accounts_not_overdrawn"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
    )
    create_orders()
    create_transfers()
    create_outbox()


def create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("total_cents", SERIAL, nullable=False),
        sa.Column("placed_at", TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], "fk_orders_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
    )
    op.create_index("ix_orders_account_id", "orders", ["account_id"])
    op.create_index("ix_orders_placed_at_id", "orders", ["placed_at", "id"])
    op.create_table(
        "order_lines",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(100), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_cents", SERIAL, nullable=False),
        sa.CheckConstraint("quantity > 0", "ck_order_lines_quantity"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], "fk_order_lines_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_order_lines"),
    )
    op.create_index("ix_order_lines_order_id", "order_lines", ["order_id"])


def create_transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_account", sa.Uuid(), nullable=False),
        sa.Column("to_account", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", SERIAL, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.CheckConstraint("amount_cents > 0", "ck_transfers_amount"),
        sa.ForeignKeyConstraint(["from_account"], ["accounts.id"], "fk_transfers_from_account"),
        sa.ForeignKeyConstraint(["to_account"], ["accounts.id"], "fk_transfers_to_account"),
        sa.PrimaryKeyConstraint("id", name="pk_transfers"),
    )


def create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_due_at_id", "outbox", ["due_at", "id"])


def downgrade() -> None:
    """Drop everything."""
    for table in ("outbox", "transfers", "order_lines", "orders", "accounts"):
        op.drop_table(table)
