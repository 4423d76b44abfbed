"""Messages of the shop: how they are made, copied and read, whatever a stranger put into them.

Headers of ours begin with `shop-`. The broker's own (`x-death`, `x-delivery-count`, ...) tell of one journey
and are left out of copies; so are headers too large to be sent again beside ours, since the broker closes the
connection over a frame that is too long.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import pamqp.encode
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractIncomingMessage
from pydantic import BaseModel, ValidationError

ATTEMPT, QUEUE, ERROR_TYPE = "shop-attempt", "shop-queue", "shop-error-type"
FAILED = "failed"  # the type of an answer that says why there is none
MOST_ATTEMPTS = 1000
MOST_HEADER_BYTES = 65_536  # of RabbitMQ's 131,072 for a frame

M = TypeVar("M", bound=BaseModel)


class PermanentError(Exception):
    """Processing this message again would end the same way: it is dead at once."""


class MalformedError(PermanentError):
    """The body is not what its queue is for."""


def make_message(
    message_id: str,
    kind: str,
    body: bytes,
    headers: Mapping[str, Any] | None = None,
    priority: int | None = None,
) -> Message:
    """Make a message that survives the broker's restart."""
    return Message(
        body,
        message_id=message_id,
        type=kind,
        headers=dict(headers or {}),
        priority=priority,
        content_type="application/json",
        app_id="rabbitmq-aio-pika",
        timestamp=datetime.now(UTC),
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def copy_message(message: AbstractIncomingMessage, headers: Mapping[str, Any]) -> Message:
    """Make a copy to be published again, with headers of ours; its id says that it is the same message."""
    return Message(
        message.body,
        message_id=message.message_id,
        type=message.type,
        headers={**_kept(message.headers), **headers},
        priority=message.priority,
        content_type=message.content_type,
        content_encoding=message.content_encoding,
        correlation_id=message.correlation_id,
        app_id=message.app_id,
        timestamp=message.timestamp,
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def read_body(kind: type[M], message: AbstractIncomingMessage) -> M:
    """Read the body as JSON of that kind. Raises MalformedError without its values."""
    try:
        return kind.model_validate_json(message.body)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_context=False, include_url=False)
        fields = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in wrong[:3])
        raise MalformedError(f"the message is no {kind.__name__}: {fields}") from None


def attempts_of(message: AbstractIncomingMessage) -> int:
    """How often processing it has failed, as the message says; 0 for what is no such number."""
    said = message.headers.get(ATTEMPT)
    is_number = isinstance(said, int) and not isinstance(said, bool)
    return said if is_number and 0 <= said <= MOST_ATTEMPTS else 0  # type: ignore[operator,return-value]  # int


def text_of(message: AbstractIncomingMessage, header: str) -> str:
    """Give a header that is text, or an empty one."""
    said = message.headers.get(header)
    return said if isinstance(said, str) else ""


def _kept(headers: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in headers.items() if not name.lower().startswith("x-")}
    return kept if _size_of(kept) <= MOST_HEADER_BYTES else {}


def _size_of(headers: dict[str, Any]) -> int:
    try:
        return len(pamqp.encode.field_table(headers))
    except Exception:  # noqa: BLE001 - whatever it is that cannot be encoded cannot be sent
        return MOST_HEADER_BYTES + 1
