"""Keyset pagination: a page goes on after the last row of the one before, whatever was added meanwhile.

The cursor is opaque to clients and holds only that row's keys. Unlike OFFSET, page 1000 costs what page 1
costs, because an index leads to it.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, literal, tuple_

from sql_sqlalchemy.store.errors import RefusedError
from sql_sqlalchemy.store.models import Order
from sql_sqlalchemy.store.types import UtcDateTime


class CursorError(RefusedError):
    """The text is no cursor that we gave out."""


@dataclass(frozen=True)
class Cursor:
    """The keys of the last row of a page."""

    placed_at: datetime
    id: UUID

    def __str__(self) -> str:
        text = f"{self.placed_at.isoformat()} {self.id.hex}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read what str() gave. Raises CursorError."""
        try:
            padded = text + "=" * (-len(text) % 4)
            placed_at, order_id = base64.b64decode(padded, b"-_", validate=True).decode().split(" ")
            cursor = cls(datetime.fromisoformat(placed_at), UUID(order_id))
        except (ValueError, binascii.Error):
            raise CursorError("'after' is no cursor: take `next` of the page before") from None
        if cursor.placed_at.tzinfo is None:
            raise CursorError("'after' is no cursor: take `next` of the page before")
        return cursor

    def condition(self) -> ColumnElement[bool]:
        """Hold for the rows after this one, newest first."""
        last = tuple_(literal(self.placed_at, UtcDateTime()), literal(self.id, Uuid()))
        return tuple_(Order.placed_at, Order.id) < last
