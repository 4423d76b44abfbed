"""What a span says of the one message it is about: ids, size, and how often it was delivered before.

The conventions have no words for redelivery in RabbitMQ; these are ours. `delivery_count` includes this
delivery, of quorum queues, which count in `x-delivery-count`; `death_count` is the sum of `x-death`.
"""

from collections.abc import Mapping
from typing import Any, TypeGuard

from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MESSAGING_MESSAGE_BODY_SIZE,
    MESSAGING_MESSAGE_CONVERSATION_ID,
    MESSAGING_MESSAGE_ID,
    MESSAGING_RABBITMQ_MESSAGE_DELIVERY_TAG,
)

REDELIVERED = "messaging.rabbitmq.message.redelivered"
DELIVERY_COUNT = "messaging.rabbitmq.message.delivery_count"
DEATH_COUNT = "messaging.rabbitmq.message.death_count"
DEATH_REASON = "messaging.rabbitmq.message.death_reason"
_COUNT_HEADER, _DEATH_HEADER = "x-delivery-count", "x-death"
_MOST = 2**63 - 1  # what OTLP can say
_LONGEST_REASON = 256  # brokers know four words


def describe(message: Any) -> dict[str, Any]:
    """Give the attributes of a message that was received."""
    said: dict[str, Any] = {
        MESSAGING_RABBITMQ_MESSAGE_DELIVERY_TAG: message.delivery_tag,
        MESSAGING_MESSAGE_BODY_SIZE: message.body_size,
    }
    if message.message_id:
        said[MESSAGING_MESSAGE_ID] = message.message_id
    if message.correlation_id:
        said[MESSAGING_MESSAGE_CONVERSATION_ID] = message.correlation_id
    if message.redelivered:
        said[REDELIVERED] = True
    headers = message.headers
    if _DEATH_HEADER in headers or _COUNT_HEADER in headers:
        said.update(_history(headers))
    return said


def _history(headers: Mapping[str, Any]) -> dict[str, Any]:
    # Anybody can send these headers, with anything in them.
    found: dict[str, Any] = {}
    if _is_count(count := headers.get(_COUNT_HEADER)) and count < _MOST:
        found[DELIVERY_COUNT] = count + 1
    deaths = headers.get(_DEATH_HEADER)
    tables = [table for table in deaths if isinstance(table, dict)] if isinstance(deaths, list) else []
    counts = [table["count"] for table in tables if _is_count(table.get("count"))]
    if counts and (total := sum(counts)) <= _MOST:
        found[DEATH_COUNT] = total
    reason = tables[0].get("reason") if tables else None  # the latest is the first
    if isinstance(reason, str) and len(reason) <= _LONGEST_REASON:
        found[DEATH_REASON] = reason
    return found


def _is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= _MOST
