"""Stock levels in a key-value bucket, changed by whoever saw the latest revision.

Reserving and shipping change one value at once, so each happens once for an order however often it is tried.
What an order reserved that became a dead letter stays aside, for its replay.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from uuid import uuid4

from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from nats_jetstream.errors import NotFoundError, UnavailableError, translated
from nats_jetstream.shapes import Reservation, Shelf

_ATTEMPTS = 50
_PAUSE_SECONDS = 0.002  # before the next attempt, growing with each


class OutOfStockError(Exception):
    """There is too little now; there may be more later."""


class UnknownItemError(NotFoundError):
    """The shop does not have it."""


class Stock:
    """The shelves. Methods raise UnknownItemError, and UnavailableError when others are always faster."""

    def __init__(self, bucket: KeyValue) -> None:
        self._bucket = bucket
        # Within one process the hands take turns; collisions with other processes remain.
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def look(self, item: str) -> Shelf:
        """Read one shelf."""
        return (await self._read(item))[0]

    async def reserve(self, item: str, quantity: int, order_id: str) -> str:
        """Put goods aside for an order, if none are; the reservation's token. Raises OutOfStockError."""
        token = uuid4().hex

        def change(shelf: Shelf) -> bool:
            nonlocal token
            if order_id in shelf.reserved:
                token = shelf.reserved[order_id].token
                return False
            if shelf.free < quantity:
                raise OutOfStockError(f"{quantity} of {item} wanted, {shelf.free} are free")
            shelf.reserved[order_id] = Reservation(quantity=quantity, token=token)
            return True

        await self._change(item, change)
        return token

    async def ship(self, item: str, order_id: str, token: str) -> None:
        """Take the reservation with this token from the shelf; one that came too late is given back."""

        def change(shelf: Shelf) -> bool:
            reservation = shelf.reserved.pop(order_id, None)
            if reservation is not None and reservation.token == token:
                shelf.level -= reservation.quantity
            return reservation is not None

        await self._change(item, change)

    async def add(self, item: str, quantity: int) -> int:
        """Put goods on the shelf; its new level. This one is not safe to repeat."""
        level = 0

        def change(shelf: Shelf) -> bool:
            nonlocal level
            level = shelf.level = shelf.level + quantity
            return True

        await self._change(item, change)
        return level

    async def _change(self, item: str, change: Callable[[Shelf], bool]) -> None:
        async with self._turns[item]:
            for attempt in range(_ATTEMPTS):
                shelf, revision = await self._read(item)
                if not change(shelf) or await self._write(item, shelf, revision):
                    return
                await asyncio.sleep(_PAUSE_SECONDS * attempt)
        raise UnavailableError(f"{item}: {_ATTEMPTS} attempts to change its level collided")

    async def _write(self, item: str, shelf: Shelf, revision: int) -> bool:
        with translated(f"level of {item}"):
            try:
                await self._bucket.update(item, shelf.model_dump_json().encode(), revision)
            except KeyWrongLastSequenceError:  # somebody was faster: look again
                return False
        return True

    async def _read(self, item: str) -> tuple[Shelf, int]:
        with translated(f"level of {item}"):
            try:
                entry = await self._bucket.get(item)
            except KeyNotFoundError:
                raise UnknownItemError(f"the shop has no {item}") from None
        return Shelf.model_validate_json(entry.value or b""), entry.revision or 0
