"""Publishes what the sides of the NATS benchmark consume: `python -m bench.nats_feeder URL`.

Declares the streams, prints that it is ready, and serves requests `COUNT SUBJECT TRACED`, until its standard
input closes.
"""

import asyncio
import sys

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, RetentionPolicy, StorageType, StreamConfig
from nats.js.client import JetStreamContext

from bench.messaging_side import BODY, created

FEED = "feed"
STORED, WORK, WORKER = "orders.stored", "orders.work", "worker"
MOST_STORED = 1000


async def feed(url: str) -> None:
    """Serve."""
    async with await nats.connect(url) as connection:
        stream = connection.jetstream()
        await declare(stream)

        async def publish(request: Msg) -> None:
            count, subject, traced = request.data.decode().split()
            last: Client | JetStreamContext = stream if subject == WORK else connection
            for _ in range(int(count) - 1):
                await connection.publish(subject, BODY, headers=created(traced=traced == "True"))
            await last.publish(
                subject, BODY, headers=created(traced=traced == "True")
            )  # acknowledged: all before it are stored
            await request.respond(b"")

        await connection.subscribe(FEED, cb=publish)
        await connection.flush()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)


async def declare(stream: JetStreamContext) -> None:
    """Declare a stream that keeps the latest, and one of work with its consumer, both in memory."""
    memory = StorageType.MEMORY
    await stream.add_stream(StreamConfig("STORED", subjects=[STORED], storage=memory, max_msgs=MOST_STORED))
    await stream.add_stream(
        StreamConfig("WORK", subjects=[WORK], storage=memory, retention=RetentionPolicy.WORK_QUEUE)
    )
    await stream.add_consumer("WORK", ConsumerConfig(durable_name=WORKER, max_ack_pending=-1))


if __name__ == "__main__":
    asyncio.run(feed(*sys.argv[1:]))
