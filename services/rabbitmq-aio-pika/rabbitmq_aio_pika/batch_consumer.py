"""Consuming in batches: what came within a moment is processed together, in one transaction.

One OpenTelemetry decision: a batch has one process span with a link to each message's creation, because its
messages have many senders and none of their traces is the batch's.
"""

import asyncio
import logging
import time

from aio_pika.abc import AbstractIncomingMessage, AbstractRobustConnection

from otelkit.instrumentation.aio_pika import processing_all, unprocessed
from rabbitmq_aio_pika.broker.errors import is_loss, losses_ignored, reason_of
from rabbitmq_aio_pika.broker.subscription import Subscription
from rabbitmq_aio_pika.broker.topology import SCANNED
from rabbitmq_aio_pika.messages import MalformedError, read_body
from rabbitmq_aio_pika.retries import Retries
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shapes import Scan
from rabbitmq_aio_pika.store.database import Database

_log = logging.getLogger(__name__)
_PAUSE_SECONDS = 1.0


class ScanRecorder:
    """Records scans of parcels, from `start` to `stop`."""

    def __init__(self, database: Database, retries: Retries, settings: Settings) -> None:
        self._database, self._retries = database, retries
        self._size, self._seconds = settings.batch_size, settings.batch_seconds
        self._subscription = Subscription(SCANNED, 2 * settings.batch_size)
        self._waiting: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None
        self._has_ended = False

    async def start(self, connection: AbstractRobustConnection) -> None:
        """Begin to record. Raises UnavailableError."""
        await self._subscription.open(connection, unprocessed(self._waiting.put))
        self._worker = asyncio.create_task(self._work(), name=SCANNED)

    async def stop(self, drain_seconds: float) -> None:
        """Finish the batch that is under way; what was not acknowledged goes back."""
        await self._subscription.cancel()
        self._waiting.put_nowait(None)
        if self._worker is not None:
            await asyncio.wait([self._worker], timeout=drain_seconds)
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        await self._subscription.close()

    async def _work(self) -> None:
        while not self._has_ended:
            batch = await self._collect()
            try:
                if batch:
                    await self._process(batch)
            except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - it outlives every batch
                await self._give_back(batch, error)

    async def _collect(self) -> list[AbstractIncomingMessage]:
        """Wait for one, then for more until the batch is full, the time is up, or it is to end."""
        batch: list[AbstractIncomingMessage] = []
        timeout = None
        while len(batch) < self._size:
            try:
                async with asyncio.timeout_at(timeout):
                    message = await self._waiting.get()
            except TimeoutError:
                break
            if message is None:
                self._has_ended = True
                break
            batch.append(message)
            timeout = timeout or asyncio.get_running_loop().time() + self._seconds
        return batch

    async def _process(self, batch: list[AbstractIncomingMessage]) -> None:
        with processing_all(batch):
            rows = []
            for message in batch:
                try:
                    scan = read_body(Scan, message)
                except MalformedError as error:
                    await self._retries.hand_on(SCANNED, message, error)
                else:
                    rows.append((str(scan.id), scan.shipment_id, scan.place, time.time()))
            async with self._database.transaction() as transaction:
                await transaction.run_many("INSERT OR IGNORE INTO scans VALUES (?, ?, ?, ?)", rows)
            await batch[-1].ack(multiple=True)  # and with it all that came before

    async def _give_back(
        self, batch: list[AbstractIncomingMessage], error: Exception | asyncio.CancelledError
    ) -> None:
        if is_loss(error):  # their channel is gone
            _log.info("%d scans come again: %s", len(batch), reason_of(error))
        elif isinstance(error, asyncio.CancelledError):
            raise error  # the service ends
        else:
            _log.error("%d scans were not recorded and come again", len(batch), exc_info=error)
        await asyncio.sleep(_PAUSE_SECONDS)
        with losses_ignored():
            await batch[-1].nack(multiple=True, requeue=True)
