"""Who works with the shipments while a drill breaks things: clients over HTTP, and a publisher of scans.

Each notes by id what was promised to it: a 202, or the broker's confirm.
"""

import asyncio
import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from uuid import uuid4

from opentelemetry.metrics import NoOpMeter
from pydantic import SecretStr

from rabbitmq_aio_pika.broker.publishing import PublishingSide
from rabbitmq_aio_pika.broker.topology import SCANNED, SCANS
from rabbitmq_aio_pika.messages import make_message
from rabbitmq_aio_pika.publisher import Letter, Publisher
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shapes import Scan
from tests.e2e.drills.transfer_clients import Client

ACCEPTED = 202
PAUSE_SECONDS = 0.1
SCANS_AT_ONCE = 20


@dataclass
class Promises:
    """Ids of requests that were accepted and of scans that were confirmed; answers by status."""

    accepted: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    unconfirmed: int = 0  # attempts that had to be repeated
    slowest_seconds: float = 0.0
    over: bool = False

    async def request_shipments(self, address: str) -> None:
        """Request one after another until it is over."""
        client = Client(address)
        while not self.over:
            shipment_id, begun = str(uuid4()), time.monotonic()
            status, _ = await client.post("/shipments", {"id": shipment_id, "order_id": "order"})
            self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - begun)
            self.statuses[status] += 1
            if status == ACCEPTED:
                self.accepted.add(shipment_id)
            await asyncio.sleep(PAUSE_SECONDS)
        client.close()

    async def publish_scans(self, url: str) -> None:
        """Publish until it is over, several confirms in flight; what is not confirmed is published again."""
        settings = Settings(rabbitmq_url=SecretStr(url), reconnect_seconds=0.2)
        for name in ("aio_pika", "aiormq"):  # that the broker is away is the drill's own doing
            logging.getLogger(name).setLevel(logging.CRITICAL)
        side = PublishingSide(settings, NoOpMeter("drill"))
        publisher = Publisher(side.channels, settings, lambda: None)
        async with side.opened():
            while not self.over:
                waiting = [Scan(shipment_id="drill", place="gate") for _ in range(SCANS_AT_ONCE)]
                while waiting:
                    waiting = await self._publish(publisher, waiting)

    async def _publish(self, publisher: Publisher, scans: list[Scan]) -> list[Scan]:
        errors = await publisher.publish_all([_letter_of(scan) for scan in scans])
        left = [scan for scan, error in zip(scans, errors, strict=True) if error is not None]
        self.confirmed.update(str(scan.id) for scan in scans if scan not in left)
        self.unconfirmed += len(left)
        await asyncio.sleep(PAUSE_SECONDS)
        return left


def _letter_of(scan: Scan) -> Letter:
    message = make_message(str(scan.id), "parcel.scanned", scan.model_dump_json().encode())
    return Letter(SCANS, SCANNED, message)
