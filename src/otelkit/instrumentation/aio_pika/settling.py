"""Acknowledgements: by setting an event of the process span, a CLIENT span of their own, or nothing.

The broker answers none of them, so a span lasts until the frame is written.
"""

from collections.abc import Awaitable
from typing import Any

from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MESSAGING_RABBITMQ_MESSAGE_DELIVERY_TAG,
)

from otelkit.instrumentation.aio_pika.brokers import Source
from otelkit.instrumentation.messaging import Operation
from otelkit.instrumentation.messaging.carriers import links_of

REQUEUE, MULTIPLE = "messaging.rabbitmq.requeue", "messaging.rabbitmq.multiple"


async def settle(
    source: Source, message: Any, word: str, sending: Awaitable[None], details: dict[str, Any]
) -> None:
    """Await `sending`, which is the `word` for a message of ours, and tell of it."""
    mode = source.telemetry.settings.settle
    if mode == "span" and not source.telemetry.is_off():
        await _in_span(source, message, word, sending, details)
        return
    await sending
    processing: Operation | None = getattr(message, "_operation", None)
    if mode == "event" and processing is not None and not processing.has_ended:
        processing.span.add_event(word, details)


async def _in_span(
    source: Source, message: Any, word: str, sending: Awaitable[None], details: dict[str, Any]
) -> None:
    plan = source.plans(word)[message.exchange, message.routing_key]
    more = {MESSAGING_RABBITMQ_MESSAGE_DELIVERY_TAG: message.delivery_tag, **details}
    operation = source.telemetry.begin(plan, more, links_of([message.headers]))
    try:
        await sending
    except BaseException as error:
        operation.end(error)
        raise
    operation.end()
