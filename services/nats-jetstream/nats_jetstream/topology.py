"""All that lives on the server, in one place: streams, consumers, buckets. Declaring twice is no change.

ORDERS keeps messages after they were acknowledged: a dead letter is made of what is still there, and a
consumer that comes later reads from the beginning. When it is full it refuses (`discard=new`); throwing the
oldest away would lose orders that nobody has worked on.
"""

from contextlib import suppress

from nats.js import JetStreamContext, api
from nats.js.errors import BadRequestError, KeyWrongLastSequenceError

from nats_jetstream.settings import Settings

ORDERS, PLACED = "ORDERS", "orders.placed"
WORKERS = "fulfilment"  # the durable consumer that all workers share

DEAD_LETTERS, DEAD = "DEAD_LETTERS", "dead"
ADVISORIES, UNDERTAKERS = "ADVISORIES", "undertaker"
_KINDS = ("MAX_DELIVERIES", "MSG_TERMINATED")
CONSUMERS = ((ORDERS, WORKERS), (ADVISORIES, UNDERTAKERS))

STOCK, RECORD, FAILURES, INVOICES = "stock", "record", "failures", "invoices"
SHELVES = {"tea": 1000, "chair": 4, "lamp": 200}  # what there is in the beginning

_WEEK_SECONDS = 7 * 24 * 3600.0
_DUPLICATES_SECONDS = 600.0  # for so long a repeated publish is known as one
_STREAM_DIFFERS = 10058  # "stream name already in use with a different configuration"


async def declare(js: JetStreamContext, settings: Settings) -> None:
    """Create or update everything, and fill the shelves the first time. Raises the client's errors."""
    for stream in _streams(settings):
        await _declare_stream(js, stream)
    await js.add_consumer(ORDERS, config=_workers(settings))
    await js.add_consumer(ADVISORIES, config=_undertakers())
    for bucket, ttl in ((STOCK, None), (RECORD, _WEEK_SECONDS), (FAILURES, _WEEK_SECONDS)):
        await js.create_key_value(bucket=bucket, ttl=ttl, replicas=settings.replicas)
    await js.create_object_store(INVOICES, replicas=settings.replicas)
    stock = await js.key_value(STOCK)
    for item, level in SHELVES.items():
        with suppress(KeyWrongLastSequenceError):  # it has a level already
            await stock.create(item, b'{"level": %d, "reserved": {}}' % level)


def _streams(settings: Settings) -> list[api.StreamConfig]:
    def stream(name: str, *subjects: str, **more: object) -> api.StreamConfig:
        return api.StreamConfig(
            name=name,
            subjects=list(subjects),
            storage=api.StorageType.FILE,
            discard=api.DiscardPolicy.NEW,
            max_bytes=settings.stream_bytes,
            num_replicas=settings.replicas,
            duplicate_window=_DUPLICATES_SECONDS,
        ).evolve(**more)

    advisories = [f"$JS.EVENT.ADVISORY.CONSUMER.{kind}.{ORDERS}.*" for kind in _KINDS]
    return [
        stream(ORDERS, "orders.>", max_age=_WEEK_SECONDS),
        stream(DEAD_LETTERS, f"{DEAD}.>"),
        stream(ADVISORIES, *advisories, retention=api.RetentionPolicy.WORK_QUEUE, max_age=_WEEK_SECONDS),
    ]


async def _declare_stream(js: JetStreamContext, config: api.StreamConfig) -> None:
    try:
        await js.add_stream(config)
    except BadRequestError as error:
        if error.err_code != _STREAM_DIFFERS:
            raise
        await js.update_stream(config)


def _workers(settings: Settings) -> api.ConsumerConfig:
    # No `backoff` here: it would take the place of ack_wait, and a worker's first try would have a second.
    return api.ConsumerConfig(
        durable_name=WORKERS,
        ack_policy=api.AckPolicy.EXPLICIT,
        ack_wait=settings.ack_wait_seconds,
        max_deliver=settings.max_deliver,
        max_ack_pending=10_000,
    )


def _undertakers() -> api.ConsumerConfig:
    return api.ConsumerConfig(
        durable_name=UNDERTAKERS, ack_policy=api.AckPolicy.EXPLICIT, ack_wait=30, max_ack_pending=100
    )
