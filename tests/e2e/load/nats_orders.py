"""nats-jetstream, from a process of its own: each pattern, with a message that is retried and one that dies.

`SETTINGS` make the pauses between deliveries short. python -m tests.e2e.load.nats_orders
"""

import asyncio

from nats_jetstream.connection import Connection
from nats_jetstream.customer import Customer
from nats_jetstream.patterns import PATTERNS
from nats_jetstream.settings import Settings
from nats_jetstream.startup import NAME, start_telemetry
from tests.e2e.load import ROUND_SECONDS, ROUNDS

SETTINGS = {"NATS_JETSTREAM_BACKOFF_SECONDS": "0.3,0.1", "NATS_JETSTREAM_MAX_DELIVER": "3"}


async def _rounds() -> None:
    settings = Settings()
    connection = Connection(settings)
    await connection.open(f"{NAME} customer")
    try:
        for _ in range(ROUNDS):
            for pattern in PATTERNS:
                await pattern(Customer(connection, settings))
            await asyncio.sleep(ROUND_SECONDS)
    finally:
        await connection.close()


if __name__ == "__main__":
    telemetry = start_telemetry(f"{NAME}-customer")
    try:
        asyncio.run(_rounds())
    finally:
        telemetry.shutdown()
