"""Clients that place orders over HTTP, one after another, under ids of their own, and again after a 503."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from uuid import uuid4

from tests.e2e.drills.transfer_clients import Client

PAUSE_SECONDS = 0.15
ACCEPTED, UNAVAILABLE = 202, 503


@dataclass
class Storm:
    """Answers by status, the ids that were placed, of these the ones that got a 202, and kills meanwhile."""

    address: str
    placed: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    slowest_seconds: float = 0.0
    over: bool = False
    kills: int = 0

    async def place_orders(self) -> None:
        """Place one after another until it is over."""
        client = Client(self.address)
        while not self.over:
            order: dict[str, object] = {"id": str(uuid4()), "item": "tea", "quantity": 1}
            status = UNAVAILABLE
            while status == UNAVAILABLE:
                status = await self._ask(client, order)
                await asyncio.sleep(PAUSE_SECONDS)
        client.close()

    async def _ask(self, client: Client, order: dict[str, object]) -> int:
        self.placed.add(str(order["id"]))
        begun = time.monotonic()
        status, _ = await client.post("/orders", order)
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - begun)
        self.statuses[status] += 1
        if status == ACCEPTED:
            self.accepted.add(str(order["id"]))
        return status
