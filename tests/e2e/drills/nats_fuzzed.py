"""Messages with fuzzed headers at a running nats-jetstream: none is lost, misread or ends its consumer.

Nine of ten are notices over core NATS, taken in a loop; one is an order, which a worker pulls. Each has an
id, by which its process span is found at the receiver and held against a second reading of its headers
(hostile_reference.py).
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from uuid import UUID

from bench.report import Row
from nats_jetstream.shapes import Order
from otelkit.receiver import Receiver
from otelkit.testing.endpoint import environment_for
from otelkit.testing.processes import ServiceProcess
from otelkit.testing.servers.nats import RECIPE
from otelkit.testing.servers.server import Server
from otelkit.testing.servers.sources import open_server
from tests.e2e.drills.nats_deliveries import NAMED, Deliveries
from tests.e2e.drills.nats_messages import HeaderFuzzer, HostileHeaders
from tests.e2e.drills.nats_orders import open_books, orders_service
from tests.e2e.drills.nats_wire import Wire

ORDER_EVERY = 10
FLUSH_EVERY = 100
MOST_AHEAD = 2_000  # of what was seen: core NATS throws away what its reader does not take
SEEN_SECONDS = 120.0
SETTINGS = {
    "OTEL_TRACES_SAMPLER": "always_on",  # a sender's flags would leave most messages without a span
    "OTEL_BSP_SCHEDULE_DELAY": "200",
}


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50_000, help="messages in all (default %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="of the headers (default %(default)s)")
    options = parser.parse_args(arguments)
    fuzzer = HeaderFuzzer(options.seed)
    messages = {name_of(number): fuzzer.headers() for number in range(options.count)}
    seen = Deliveries()
    receiver = Receiver(seen.accept)
    receiver.start()
    telemetry = environment_for(receiver.grpc_port, receiver.http_port, "grpc")
    try:
        with ExitStack() as running:
            server = running.enter_context(open_server(RECIPE, own=True))
            service = running.enter_context(orders_service(server.url, telemetry | SETTINGS))
            return asyncio.run(read_rows(service, server, messages, seen))
    finally:
        receiver.stop()


def name_of(number: int) -> str:
    """The id of a message: that of an order, or the last token of a notice's subject."""
    return str(UUID(int=number + 1)) if number % ORDER_EVERY == 0 else f"{NAMED}{number}"


async def publish(server: Server, messages: dict[str, HostileHeaders], seen: Deliveries) -> Wire:
    """Publish all, never far ahead of what was seen."""
    wire = await Wire.open(server.host, server.port)
    for number, (name, hostile) in enumerate(messages.items()):
        if number % ORDER_EVERY == 0:
            order = Order(id=UUID(name), item="tea").model_dump_json().encode()
            own = f"Nats-Msg-Id: {name}\r\n".encode()
            await wire.publish("orders.placed", hostile.lines + own, order, number)
        else:
            await wire.publish(f"shop.notices.{name}", hostile.lines, b"tea")
        if number % FLUSH_EVERY == 0:
            await wire.flush()
            await until_seen(seen, number - MOST_AHEAD)
    await wire.flush()
    await wire.close()
    return wire


async def until_seen(seen: Deliveries, count: int) -> None:
    """Wait until so many messages were seen, or long enough to call the others lost."""
    deadline = time.monotonic() + SEEN_SECONDS
    while len(seen.parents) < count and time.monotonic() < deadline:  # noqa: ASYNC110 - the service is elsewhere
        await asyncio.sleep(0.02)


async def read_rows(
    service: ServiceProcess, server: Server, messages: dict[str, HostileHeaders], seen: Deliveries
) -> list[Row]:
    """Publish, and hold what was sent against spans and the record."""
    async with open_books(server.url) as books:
        await books.stock("tea", len(messages))
    wire = await publish(server, messages, seen)
    async with open_books(server.url) as books:
        await books.settle()
        await until_seen(seen, len(messages))
        orders = {name_of(number) for number in wire.stored}
        lost = orders - await books.fulfilled(orders)
        dead = await books.dead_letters()
    await asyncio.to_thread(service.end)
    wanted = {name: hostile.parent for name, hostile in messages.items()}
    parents = {name: parent for name, parent in seen.parents.items() if name in wanted}
    invalid = sum(parent not in (None, wanted[name]) for name, parent in parents.items())
    missed = sum(parent != wanted[name] for name, parent in parents.items())
    return [
        Row("messages sent", len(messages), None, "messages", "higher"),
        Row("of these with a valid parent", sum(map(bool, wanted.values())), None, "messages", "higher"),
        Row("orders that the stream refused", len(wire.refused), 0, "orders", "lower"),
        Row("orders in the stream, not fulfilled", len(lost), 0, "orders", "lower"),
        Row("dead letters", dead, 0, "messages", "lower"),
        Row("without a process span", len(wanted.keys() - parents.keys()), 0, "messages", "lower"),
        Row("invalid parent", invalid, 0, "spans", "lower"),
        Row("valid parent not continued", missed - invalid, 0, "spans", "lower"),
        Row("connections lost", service.output().count("NATS is away"), 0, "connections", "lower"),
    ]
