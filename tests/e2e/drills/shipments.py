"""rabbitmq-aio-pika as a drill's victim, and what its store has to say afterwards."""

import asyncio
import json
import sqlite3
import sys
import tempfile
import time
import urllib.request
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from otelkit.testing.servers.server import Server
from tests.e2e.drills.transfer_clients import Client

DRAINED_SECONDS = 600.0
LOOK_SECONDS = 0.1
ANSWERED = 200
STATISTICS_SECONDS = 7.0  # quorum queues count their messages anew every five


@dataclass(frozen=True)
class Stored:
    """Ids by what became of them; `processed` by queue."""

    shipped: set[str]
    processed: dict[str, set[str]]
    waiting: set[str]
    scans: set[str]


@dataclass(frozen=True)
class Shipments:
    """The service, and the file that is its store."""

    process: ServiceProcess
    store: Path

    def ask(self, path: str) -> Any:
        """GET one page of it."""
        with urllib.request.urlopen(f"{self.process.address}{path}", timeout=10) as response:
            return json.load(response)

    async def get_quote(self) -> None:
        """Ask over the broker until there is an answer: both directions work again."""
        client, deadline = Client(self.process.address), time.monotonic() + DRAINED_SECONDS
        while (await client.post("/quotes", {}))[0] != ANSWERED:
            _check(deadline, "no question is answered")
            await asyncio.sleep(LOOK_SECONDS)
        client.close()

    async def ship_one(self) -> None:
        """Request a shipment and wait until it is shipped."""
        client, shipment_id = Client(self.process.address), str(uuid4())
        await client.post("/shipments", {"id": shipment_id, "order_id": "probe"})
        client.close()
        deadline = time.monotonic() + DRAINED_SECONDS
        while (await asyncio.to_thread(self.ask, f"/shipments/{shipment_id}"))["state"] != "shipped":
            _check(deadline, "a shipment is not shipped")
            await asyncio.sleep(LOOK_SECONDS)

    def read(self) -> Stored:
        """Read the store of a service that has ended."""
        with closing(sqlite3.connect(self.store)) as connection:
            processed: dict[str, set[str]] = {}
            for queue, message_id in connection.execute("SELECT queue, message_id FROM processed"):
                processed.setdefault(queue, set()).add(message_id)
            return Stored(
                _ids(connection, "SELECT id FROM shipments WHERE state = 'shipped'"),
                processed,
                _ids(connection, "SELECT message_id FROM outbox"),
                _ids(connection, "SELECT id FROM scans"),
            )


@contextmanager
def shipments_service(broker_url: str, telemetry: Mapping[str, str]) -> Iterator[Shipments]:
    """Run the service on that broker; `telemetry` are the variables that say where its telemetry goes."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "shipments.sqlite")
        environ = {
            "RABBITMQ_URL": broker_url,
            "RABBITMQ_AIO_PIKA_PORT": str(port),
            "RABBITMQ_AIO_PIKA_STORE": str(store),
            **telemetry,
        }
        with ServiceProcess([sys.executable, "-m", "rabbitmq_aio_pika"], environ, port) as process:
            yield Shipments(process.wait_until_listening(), store)


def _ids(connection: sqlite3.Connection, statement: str) -> set[str]:
    return {row[0] for row in connection.execute(statement)}


def wait_until_empty(server: Server, service: Shipments, besides: Collection[str] = ()) -> None:
    """Return when neither the outbox nor a queue holds a message, acknowledged or not."""
    deadline, empty_since = time.monotonic() + DRAINED_SECONDS, time.monotonic()
    while time.monotonic() - empty_since < STATISTICS_SECONDS:
        left = {"outbox": service.ask("/outbox")["waiting"]} | messages_of(server)
        if any(count for name, count in left.items() if name not in besides):
            empty_since = time.monotonic()
        _check(deadline, f"messages are left: {left}")
        time.sleep(LOOK_SECONDS)


def messages_of(server: Server) -> dict[str, int]:
    """How many each queue holds, acknowledged or not, if it is not empty."""
    listed = server.tool("rabbitmqctl", "list_queues", "--silent", "name", "messages").splitlines()
    counts = (line.split("\t") for line in listed if "\t" in line)
    return {name: int(count) for name, count in counts if count.isdigit() and int(count)}


def _check(deadline: float, what: str) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError(f"{what} after {DRAINED_SECONDS:g} s")
