"""One client of the NATS benchmark: `python -m bench.nats_side SIDE URL`; `bench.nats_feeder` feeds it.

Sides: `bare`, `control` (bare once more), `floor` (by hand), `otelkit`, `whole` (otelkit's with one span a
batch), `no-op` and `passing` (otelkit's without an SDK; messages with context arrive at the latter).
"""

import asyncio
import sys
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.client import JetStreamContext
from opentelemetry.instrumentation.utils import suppress_instrumentation

from bench.messaging_side import BODY, UNTRACED, Case, Clock, answer, repeat_in_flight, start_telemetry
from bench.nats_feeder import FEED, STORED, WORK, WORKER
from bench.nats_floor import Floor
from bench.nats_floor_pull import traced_work_off
from otelkit.instrumentation.nats import NatsInstrumentor

PUBLISHED, DELIVERED = "orders.sent", "orders.live"
BATCH = 100
FEED_SECONDS = 60.0
SETTINGS: dict[str, dict[str, Any]] = {"whole": {"batch": "whole"}}


class Cases:
    """What each case does, plainly or with telemetry by hand."""

    def __init__(self, connection: Client, work: JetStreamContext.PullSubscription, side: str) -> None:
        self._connection, self._work, self._is_traced = connection, work, side not in UNTRACED
        self._floor = floor = Floor(connection) if side == "floor" else None
        self._publish: Any = connection.publish if floor is None else floor.publish(PUBLISHED)
        self._store: Any = connection.jetstream().publish if floor is None else floor.store(STORED)
        self._work_off: Any = (
            work_off if floor is None else traced_work_off(connection, WORK, "WORK", WORKER, BATCH)
        )

    def by_name(self) -> dict[str, Case]:
        """Give the cases by the names that the bench asks for."""
        return {
            "publish": self.publish,
            "callback": self.callback,
            "store": self.store,
            "store in flight": self.store_in_flight,
            "work": self.work,
        }

    async def publish(self, count: int, clock: Clock) -> None:
        """Core publish."""
        clock.start()
        for _ in range(count):
            await self._publish(PUBLISHED, BODY)
        await self._connection.flush()

    async def callback(self, count: int, clock: Clock) -> None:
        """Core subscription with a callback; the feeder sends at once."""
        done, left = asyncio.Event(), count

        async def handle(_: Msg) -> None:
            nonlocal left
            left -= 1
            if not left:
                done.set()

        callback = handle if self._floor is None else self._floor.callback(handle, DELIVERED)
        subscription = await self._connection.subscribe(DELIVERED, cb=callback)
        await self._connection.flush()
        clock.start()
        await self._feed(count, DELIVERED)
        await done.wait()
        await subscription.unsubscribe()

    async def store(self, count: int, clock: Clock) -> None:
        """JetStream publish, each after the acknowledgement of the one before."""
        clock.start()
        for _ in range(count):
            await self._store(STORED, BODY)

    async def store_in_flight(self, count: int, clock: Clock) -> None:
        """JetStream publish, many at a time."""
        clock.start()
        await repeat_in_flight(lambda: self._store(STORED, BODY), count)

    async def work(self, count: int, clock: Clock) -> None:
        """Fetch, process and acknowledge what is there, in batches."""
        await self._feed(count, WORK)
        clock.start()
        for _ in range(count // BATCH):
            await self._work_off(self._work)
        await self._connection.flush()

    async def _feed(self, count: int, subject: str) -> None:
        with suppress_instrumentation():
            await self._connection.request(
                FEED, f"{count} {subject} {self._is_traced}".encode(), FEED_SECONDS
            )


async def work_off(subscription: JetStreamContext.PullSubscription) -> None:
    """Process one batch."""
    for message in await subscription.fetch(BATCH):
        await message.ack()


async def run(side: str, url: str) -> None:
    """Connect, then answer."""
    flush = start_telemetry(side, NatsInstrumentor, **SETTINGS.get(side, {}))
    async with await nats.connect(url) as connection:
        work = await connection.jetstream().pull_subscribe_bind(WORKER, "WORK")
        await answer(Cases(connection, work, side).by_name(), flush)


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
