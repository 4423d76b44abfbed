"""NATS is killed with -9 under load and restarted on its store, again and again: no order is lost or doubled.

Clients place orders over HTTP, each under an id of its own, and ask again under that id when they get a 503.
Then the broker is read: every order that got a 202 must be fulfilled, none twice, and the shelf must have
exactly what was not shipped. The spans tell which orders were delivered more than once, each in one trace.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Sequence

from bench.report import Row
from otelkit.receiver import Receiver
from otelkit.testing.endpoint import environment_for
from otelkit.testing.processes import ServiceProcess
from otelkit.testing.servers.nats import RECIPE
from otelkit.testing.servers.server import Server
from otelkit.testing.servers.sources import open_server
from tests.e2e.drills.nats_deliveries import Deliveries
from tests.e2e.drills.nats_orders import open_books, orders_service
from tests.e2e.drills.nats_storm import ACCEPTED, UNAVAILABLE, Storm

CLIENTS = 8
BETWEEN_SECONDS = 3.0
AWAY_SECONDS = 1.0
ORDERS_A_KILL = 20  # below that there was no load
STOCKED = 1_000_000
MOST_KILLS = (
    5  # for each that is asked for: only some hit a message whose answer is lost, so few may hit none
)
# Outages must not use up a message's deliveries; packing keeps some messages under way at any time; and the
# service is less patient than an outage is long.
SETTINGS = {
    "NATS_JETSTREAM_MAX_DELIVER": "50",
    "NATS_JETSTREAM_BACKOFF_SECONDS": "0.2,1",
    "NATS_JETSTREAM_ACK_WAIT_SECONDS": "5",
    "NATS_JETSTREAM_PACKING_SECONDS": "0.05",
    "NATS_JETSTREAM_REQUEST_SECONDS": "0.7",
    "NATS_JETSTREAM_RECONNECT_SECONDS": "0.2",
}


async def run_storm(service: ServiceProcess, server: Server, seen: Deliveries, kills: int) -> Storm:
    """Let the clients order while the broker is killed, until half as many orders are delivered again."""
    storm = Storm(service.address)
    ordering = asyncio.gather(*(storm.place_orders() for _ in range(CLIENTS)))
    while storm.kills < kills or (len(seen.redelivered) < kills / 2 and storm.kills < kills * MOST_KILLS):
        storm.kills += 1
        await asyncio.sleep(BETWEEN_SECONDS)
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(AWAY_SECONDS)
        await asyncio.to_thread(server.restart)
    storm.over = True
    await ordering
    return storm


async def read_rows(service: ServiceProcess, server: Server, seen: Deliveries, kills: int) -> list[Row]:
    """Run the storm, and hold what was accepted against what the broker and the spans have."""
    async with open_books(server.url) as books:
        await books.stock("tea", STOCKED)
    storm = await run_storm(service, server, seen, kills)
    async with open_books(server.url) as books:
        await books.settle()
        await asyncio.to_thread(service.end)
        fulfilled = await books.fulfilled(storm.placed)
        level, aside = await books.level("tea")
        dead = await books.dead_letters()
    told = _fulfilled_by(service)
    odd = sum(count for status, count in storm.statuses.items() if status not in {ACCEPTED, UNAVAILABLE})
    split = sum(len(seen.traces[name]) > 1 for name in seen.redelivered)
    return [
        Row("kills", storm.kills, None, "kills", "higher"),
        Row("orders accepted", len(storm.accepted), storm.kills * ORDERS_A_KILL, "orders", "higher"),
        Row("accepted, not fulfilled", len(storm.accepted - fulfilled), 0, "orders", "lower"),
        Row("accepted, not processed", len(storm.accepted - seen.parents.keys()), 0, "orders", "lower"),
        Row("fulfilled more than once", sum(n > 1 for n in told.values()), 0, "orders", "lower"),
        Row("goods off what was fulfilled", abs(STOCKED - level - len(fulfilled)), 0, "goods", "lower"),
        Row("goods left aside", aside, 0, "goods", "lower"),
        Row("dead letters", dead, 0, "messages", "lower"),
        Row("orders delivered again", len(seen.redelivered), kills / 2, "orders", "higher"),
        Row("of these in more than one trace", split, 0, "orders", "lower"),
        Row("answers other than 202, 503", odd, 0, "answers", "lower"),
        Row("answers 503", storm.statuses[UNAVAILABLE], None, "answers", "lower"),
        Row("slowest answer", round(storm.slowest_seconds, 1), 10, "s", "lower"),
    ]


def _fulfilled_by(service: ServiceProcess) -> Counter[str]:
    """How often each order was fulfilled: the service logs it, unless the answer to that was lost."""
    lines = (line for line in service.output().splitlines() if '"order fulfilled"' in line)
    return Counter(json.loads(line)["attributes"]["shop.order.id"] for line in lines)


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="of the broker (default %(default)s)")
    kills = parser.parse_args(arguments).kills
    seen = Deliveries()
    receiver = Receiver(seen.accept)
    receiver.start()
    telemetry = environment_for(receiver.grpc_port, receiver.http_port, "grpc")
    try:
        with (
            open_server(RECIPE, own=True) as server,
            orders_service(server.url, telemetry | SETTINGS) as service,
        ):
            return asyncio.run(read_rows(service, server, seen, kills))
    finally:
        receiver.stop()
