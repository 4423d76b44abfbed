"""Core NATS: notices to customers, published to whoever listens, and taken in a loop by one of the mailers.

Nothing keeps them: a mailer that is away misses them, and one that is too slow has some thrown away by its
own client, which is counted (see `signals.py`). The subject ends in the order's id; spans are named without.
"""

import asyncio
import logging
from contextlib import suppress

from nats import errors
from nats.aio.client import Client

from nats_jetstream.ending import end_task
from nats_jetstream.shapes import Order

SUBJECT, MAILERS = "shop.notices", "mailers"
_log = logging.getLogger(__name__)


class Notices:
    """Publishes notices."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def tell(self, order: Order) -> None:
        """Tell the customer, if a mailer listens; the order does not depend on it."""
        try:
            await self._client.publish(f"{SUBJECT}.{order.id}", order.item.encode())
        except errors.Error as error:
            _log.warning("notice not sent: %s", error)


class Mailer:
    """Takes notices as one of a queue group, from `start` to `stop`."""

    def __init__(self, client: Client, most_pending: int) -> None:
        self._client, self._most_pending = client, most_pending
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Subscribe, and take notices in a task of the running loop."""
        self._subscription = await self._client.subscribe(
            f"{SUBJECT}.*", queue=MAILERS, pending_msgs_limit=self._most_pending
        )
        self._task = asyncio.create_task(self._run(), name="mailer")

    async def stop(self) -> None:
        """Take what has come, and no more."""
        with suppress(errors.Error, TimeoutError):
            async with asyncio.timeout(1):
                await self._subscription.drain()  # type: ignore[no-untyped-call]  # nats-py types this one not
        if self._task is not None:
            await end_task(self._task)

    async def _run(self) -> None:
        async for message in self._subscription.messages:
            order_id = message.subject.rpartition(".")[2]
            _log.info("customer told", extra={"shop.order.id": order_id})
