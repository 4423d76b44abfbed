"""RabbitMQ is killed with -9 under load and restarted, again and again: what was promised is there then.

Clients request shipments over HTTP, a publisher publishes scans past the service. Then the service's store is
read: each request that got a 202 must have been shipped and told to both who want to know of it, each scan
that the broker confirmed must have been recorded, and nothing may wait or be dead.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from uuid import NAMESPACE_URL, uuid5

from bench.report import Row
from bench.servers import discarding_receiver
from otelkit.testing.servers.rabbitmq import RECIPE
from otelkit.testing.servers.server import Server
from otelkit.testing.servers.sources import open_server
from rabbitmq_aio_pika.broker.topology import LEDGER, MAIL, STANDARD
from tests.e2e.drills.shipment_clients import Promises
from tests.e2e.drills.shipments import Shipments, Stored, shipments_service, wait_until_empty

CLIENTS = 5
BETWEEN_SECONDS = 4.0
AWAY_SECONDS = 1.0
RESUMED_SECONDS = 10.0
SHIPMENTS_A_KILL = 100  # below that there was no load
UNAVAILABLE = 503


async def run_load(service: Shipments, server: Server, kills: int) -> tuple[Promises, list[float]]:
    """Let all work while the broker is killed; also the seconds from its return to the next answer."""
    promises, resumed = Promises(), []
    requesting = [promises.request_shipments(service.process.address) for _ in range(CLIENTS)]
    working = asyncio.gather(*requesting, promises.publish_scans(server.url))
    for _ in range(kills):
        await asyncio.sleep(BETWEEN_SECONDS)
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(AWAY_SECONDS)
        await asyncio.to_thread(server.restart)
        begun = time.monotonic()
        await service.get_quote()
        resumed.append(time.monotonic() - begun)
    promises.over = True
    await working
    await asyncio.to_thread(wait_until_empty, server, service)
    return promises, resumed


def rows_of(promises: Promises, resumed: Sequence[float], stored: Stored, kills: int) -> list[Row]:
    """Hold what was promised against what the store has."""
    told = {str(uuid5(NAMESPACE_URL, f"shipped:{shipment}")) for shipment in promises.accepted}
    odd = sum(n for status, n in promises.statuses.items() if status not in {202, UNAVAILABLE})
    missing = {
        queue: len(ids - stored.processed.get(queue, set()))
        for queue, ids in ((STANDARD, promises.accepted), (MAIL, told), (LEDGER, told))
    }
    return [
        Row("kills", kills, None, "kills", "higher"),
        Row("shipments accepted", len(promises.accepted), kills * SHIPMENTS_A_KILL, "shipments", "higher"),
        Row("accepted, not shipped", len(promises.accepted - stored.shipped), 0, "shipments", "lower"),
        Row("accepted, not processed", missing[STANDARD], 0, "messages", "lower"),
        Row("shipped, not told", missing[MAIL] + missing[LEDGER], 0, "messages", "lower"),
        Row("left in the outbox", len(stored.waiting), 0, "messages", "lower"),
        Row("scans confirmed", len(promises.confirmed), kills * SHIPMENTS_A_KILL, "scans", "higher"),
        Row("confirmed, not recorded", len(promises.confirmed - stored.scans), 0, "scans", "lower"),
        Row("confirms that did not come", promises.unconfirmed, None, "scans", "lower"),
        Row("answers other than 202, 503", odd, 0, "answers", "lower"),
        Row("slowest answer", round(promises.slowest_seconds, 2), 5, "s", "lower"),
        Row("slowest return to answers", round(max(resumed), 1), RESUMED_SECONDS, "s", "lower"),
    ]


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10, help="of the broker (default %(default)s)")
    kills = parser.parse_args(arguments).kills
    with ExitStack() as running:
        telemetry = {"OTEL_EXPORTER_OTLP_ENDPOINT": running.enter_context(discarding_receiver())}
        server = running.enter_context(open_server(RECIPE, own=True))
        service = running.enter_context(shipments_service(server.url, telemetry))
        promises, resumed = asyncio.run(run_load(service, server, kills))
        service.process.end()
        return rows_of(promises, resumed, service.read(), kills)
