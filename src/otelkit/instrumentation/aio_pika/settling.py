"""Acknowledgements: by setting an event of the process span, a CLIENT span of their own, or nothing.

The broker answers none of them, so a span lasts until the frame is written. One that fails says so;
whether the processing has failed too, its own exception tells.
"""

from collections.abc import Awaitable
from typing import Any

from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MESSAGING_RABBITMQ_MESSAGE_DELIVERY_TAG,
)
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from otelkit.instrumentation.aio_pika.brokers import Source
from otelkit.instrumentation.messaging import Operation
from otelkit.instrumentation.messaging.carriers import links_of
from otelkit.instrumentation.messaging.operations import name_of

REQUEUE, MULTIPLE = "messaging.rabbitmq.requeue", "messaging.rabbitmq.multiple"


async def settle(message: Any, word: str, sending: Awaitable[None], details: dict[str, Any]) -> None:
    """Await `sending`, which is the `word` for a message of ours, and tell of it."""
    source: Source | None = getattr(message, "_source", None)
    if source is None:
        await sending
        return
    way = source.telemetry.settings.settle
    operation = _begin(source, message, word, details) if way == "span" else None
    try:
        await sending
    except BaseException as error:
        if operation is not None:
            operation.end(error)
        elif way == "event":
            _tell(message, word, {**details, ERROR_TYPE: name_of(error)})
        raise
    if operation is not None:
        operation.end()
    elif way == "event":
        _tell(message, word, details)


def _tell(message: Any, word: str, details: dict[str, Any]) -> None:
    processing: Operation | None = getattr(message, "_operation", None)
    if processing is not None and not processing.has_ended:
        processing.span.add_event(word, details)


def _begin(source: Source, message: Any, word: str, details: dict[str, Any]) -> Operation | None:
    if source.telemetry.is_off():
        return None
    plan = source.plans(word)[message.exchange, message.routing_key]
    more = {MESSAGING_RABBITMQ_MESSAGE_DELIVERY_TAG: message.delivery_tag, **details}
    return source.telemetry.begin(plan, more, links_of([message.headers]))
