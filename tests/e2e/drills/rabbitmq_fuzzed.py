"""Messages with fuzzed headers at a running rabbitmq-aio-pika: none is lost, misread or ends its consumer.

Each has an id, by which its process span is found at the receiver and held against a second reading of its
headers (hostile_reference.py). One in twenty has a body that nobody can read, and must be dead in the end.
"""

import argparse
import asyncio
import json
from collections.abc import Sequence
from contextlib import ExitStack

from bench.report import Row
from otelkit.receiver import Receiver
from otelkit.testing.endpoint import environment_for
from otelkit.testing.servers.rabbitmq import RECIPE
from otelkit.testing.servers.sources import open_server
from rabbitmq_aio_pika.broker.topology import CUSTOMS, DEAD_LETTERS
from tests.e2e.drills.hostile_messages import MessageFuzzer
from tests.e2e.drills.hostile_publisher import Message, publish_hostile
from tests.e2e.drills.processed_messages import Processed
from tests.e2e.drills.shipments import Shipments, messages_of, shipments_service, wait_until_empty

BODY = json.dumps({"order_id": "order"}).encode()
UNREADABLE_EVERY = 20


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50_000, help="messages in all (default %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="of the headers (default %(default)s)")
    options = parser.parse_args(arguments)
    messages = make_messages(options.count, options.seed)
    processed = Processed(CUSTOMS)
    receiver = Receiver(processed.accept)
    receiver.start()
    telemetry = environment_for(receiver.grpc_port, receiver.http_port, "grpc") | {
        "OTEL_TRACES_SAMPLER": "always_on",  # a sender's flags would leave most messages without a span
    }
    try:
        with ExitStack() as running:
            server = running.enter_context(open_server(RECIPE, own=True))
            service = running.enter_context(shipments_service(server.url, telemetry))
            confirmed = asyncio.run(publish_hostile(server.url, CUSTOMS, messages))
            wait_until_empty(server, service, besides=[DEAD_LETTERS])
            asyncio.run(service.ship_one())
            dead = messages_of(server).get(DEAD_LETTERS, 0)
            service.process.end()
            return [
                Row("messages confirmed", len(confirmed), len(messages), "messages", "higher"),
                *rows_of(messages, processed, service, dead),
            ]
    finally:
        receiver.stop()


def make_messages(count: int, seed: int) -> list[Message]:
    """Make them with their ids and bodies."""
    fuzzer = MessageFuzzer(seed)
    return [
        (f"fuzzed-{number}", fuzzer.message(), b"{" if number % UNREADABLE_EVERY == 0 else BODY)
        for number in range(count)
    ]


def rows_of(messages: Sequence[Message], processed: Processed, service: Shipments, dead: int) -> list[Row]:
    """Hold what was sent against spans, store and dead letters."""
    readable = {message_id for message_id, _, body in messages if body is BODY}
    lost = readable - service.read().processed.get(CUSTOMS, set())
    parents = {message_id: hostile.parent for message_id, hostile, _ in messages}
    seen = processed.parents
    invalid = sum(seen[one] not in (None, parents[one]) for one in seen if one in parents)
    missed = sum(seen.get(one) != parents[one] for one in parents)
    lost_connections = service.process.output().count("Cancelling cause reader exited abnormally")
    return [
        Row("of these with a valid parent", sum(map(bool, parents.values())), None, "messages", "higher"),
        Row("readable, not processed", len(lost), 0, "messages", "lower"),
        Row("unreadable, not dead", len(messages) - len(readable) - dead, 0, "messages", "lower"),
        Row("without a process span", len(parents.keys() - seen.keys()), 0, "messages", "lower"),
        Row("processed more than once", processed.count - len(seen), 0, "spans", "lower"),
        Row("invalid parent", invalid, 0, "spans", "lower"),
        Row("valid parent not continued", missed - invalid, 0, "spans", "lower"),
        Row("connections that a message cost", lost_connections, 0, "connections", "lower"),
    ]
