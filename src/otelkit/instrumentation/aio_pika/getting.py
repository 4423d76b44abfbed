"""Around `Queue.get`: a CLIENT span that links to the creation of what it got.

An empty queue gives nothing, and has no span. What a program does with the message is not seen from here: see
`processing()`.
"""

from functools import wraps
from time import time_ns
from typing import Any

from aio_pika import Queue
from aio_pika.exceptions import QueueEmpty

from otelkit.instrumentation.aio_pika.brokers import GET, Broker
from otelkit.instrumentation.aio_pika.deliveries import describe
from otelkit.instrumentation.aio_pika.messages import remember_source
from otelkit.instrumentation.messaging.carriers import links_of


def traced_get(original: Any, broker: Broker) -> Any:
    """Give a `get` with a span, which begins when it is over: only then its attributes are known."""
    telemetry = broker.telemetry

    @wraps(original)
    async def get(queue: Queue, **options: Any) -> Any:
        if telemetry.is_off():
            return await original(queue, **options)
        source, start_nanos = broker.source_of(queue), time_ns()
        try:
            message = await original(queue, **options)
        except QueueEmpty:
            raise
        except BaseException as error:
            telemetry.begin(source.plans(GET)[None, None], start_nanos=start_nanos).end(error)
            raise
        if message is not None:
            remember_source(message, source)
            plan = source.plans(GET)[message.exchange, message.routing_key]
            plan.tally.count += 1
            telemetry.begin(plan, describe(message), links_of([message.headers]), start_nanos).end()
        return message

    return get
