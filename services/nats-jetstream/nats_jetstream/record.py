"""Where an order stands: one entry for each, whose transitions are guarded by its revision.

An entry begins as `begun` and becomes `fulfilled` once: of all who try, the one whose revision is the latest.
It says with which reservation: who comes too late must not ship one that he made meanwhile.
"""

from enum import StrEnum
from typing import NamedTuple

from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from nats_jetstream.errors import NotFoundError, translated


class State(StrEnum):
    """What an entry says."""

    BEGUN = "begun"
    FULFILLED = "fulfilled"


class Entry(NamedTuple):
    """An order's state, the revision that a change has to name, the token of what was reserved for it."""

    state: State
    revision: int
    token: str = ""


class Record:
    """The orders that work was begun on. Methods raise BrokerError."""

    def __init__(self, bucket: KeyValue) -> None:
        self._bucket = bucket

    async def begin(self, order_id: str, *, may_be_known: bool) -> Entry:
        """Give the entry of an order, a new one if there is none.

        Args:
            order_id: whose.
            may_be_known: look first; otherwise an order that is known costs a refused `create`.
        """
        if may_be_known:
            try:
                return await self.read(order_id)
            except NotFoundError:
                pass
        with translated(f"record of {order_id}"):
            try:
                return Entry(State.BEGUN, await self._bucket.create(order_id, State.BEGUN.encode()))
            except KeyWrongLastSequenceError:
                return await self.read(order_id)

    async def complete(self, order_id: str, revision: int, token: str) -> bool:
        """Make an order fulfilled with the reservation of this token; False when somebody else did."""
        with translated(f"record of {order_id}"):
            try:
                await self._bucket.update(order_id, f"{State.FULFILLED} {token}".encode(), revision)
            except KeyWrongLastSequenceError:
                return False
        return True

    async def is_fulfilled(self, order_id: str) -> bool:
        """Say whether an order is fulfilled."""
        try:
            return (await self.read(order_id)).state is State.FULFILLED
        except NotFoundError:
            return False

    async def read(self, order_id: str) -> Entry:
        """Look an order up. Raises NotFoundError."""
        with translated(f"record of {order_id}"):
            try:
                entry = await self._bucket.get(order_id)
            except KeyNotFoundError:
                raise NotFoundError(f"order {order_id} is not known") from None
        state, _, token = (entry.value or b"").decode().partition(" ")
        return Entry(State(state), entry.revision or 0, token)
