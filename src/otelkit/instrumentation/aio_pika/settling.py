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


def settle(message: Any, word: str, sending: Awaitable[None], details: dict[str, Any]) -> Awaitable[None]:
    """Give what to await: `sending`, which is the `word` for a message of ours, by setting in a span."""
    source: Source | None = getattr(message, "_source", None)
    if source is None or source.telemetry.settings.settle != "span" or source.telemetry.is_off():
        return sending
    return _in_span(source, message, word, sending, details)


def tell(message: Any, word: str, details: dict[str, Any]) -> None:
    """Tell the process span of a settlement that succeeded."""
    processing: Operation | None = getattr(message, "_operation", None)
    if processing is None or processing.has_ended:
        return
    if message._source.telemetry.settings.settle == "event":  # noqa: SLF001 - a message of ours
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
