"""Clients that move cents between accounts over HTTP, one transfer after another, and note the answers."""

import asyncio
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import uuid4

ANSWER_SECONDS = 60.0
PAUSE_SECONDS = 0.2  # before asking again after a 503
CREATED, UNAVAILABLE = 201, 503


@dataclass
class Storm:
    """Counts answers by status; 0 is none at all. `confirmed` are the ids that got a 201."""

    address: str
    accounts: list[str]
    statuses: Counter[int] = field(default_factory=Counter)
    confirmed: set[str] = field(default_factory=set)
    slowest_seconds: float = 0.0

    async def run(self, clients: int, seconds: float) -> None:
        """Let all clients go until the time is up, and wait for their last answers."""
        deadline = time.monotonic() + seconds
        await asyncio.gather(*(self._transfer_until(deadline) for _ in range(clients)))

    async def _transfer_until(self, deadline: float) -> None:
        client = Client(self.address)
        while time.monotonic() < deadline:
            payer, receiver = random.sample(self.accounts, 2)
            wanted = {"id": str(uuid4()), "from_account": payer, "to_account": receiver, "amount_cents": 7}
            if await self._insist(client, wanted, deadline) == CREATED:
                self.confirmed.add(str(wanted["id"]))
        client.close()

    async def _insist(self, client: "Client", wanted: dict[str, object], deadline: float) -> int:
        while True:
            status = await self._ask(client, wanted)
            if status != UNAVAILABLE or time.monotonic() > deadline:
                return status
            await asyncio.sleep(PAUSE_SECONDS)

    async def _ask(self, client: "Client", wanted: dict[str, object]) -> int:
        begun = time.monotonic()
        status, _ = await client.post("/transfers", wanted)
        self.statuses[status] += 1
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - begun)
        return status


class Client:
    """One connection that is kept; enough of HTTP for a server that says how long its answers are."""

    def __init__(self, address: str) -> None:
        self._host, self._port = urlsplit(address).hostname, urlsplit(address).port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: dict[str, object]) -> tuple[int, dict[str, str]]:
        """Send JSON; status and body of the answer, or 0 when there was none."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._exchange(path, json.dumps(body).encode())
        except (OSError, TimeoutError, ValueError, EOFError):
            self.close()
            return 0, {}

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _exchange(self, path: str, body: bytes) -> tuple[int, dict[str, str]]:
        self._streams = self._streams or await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        head = f"POST {path} HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().splitlines()
        length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length:"))
        answer: dict[str, str] = json.loads(await reader.readexactly(length))
        return int(lines[0].split()[1]), answer
