"""What is kept on a message of the library's, under names of our own, for as long as it lives."""

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import Link

from otelkit.instrumentation.messaging import Operation
from otelkit.instrumentation.messaging.carriers import extract, link_to

_OPERATION, _BATCH, _CREATED = "_otelkit_operation", "_otelkit_batch", "_otelkit_created"
_MESSAGE = "_otelkit_message"
DELIVERED: ContextVar[Any] = ContextVar("otelkit_nats_delivered", default=None)
"""The message that a callback of the library's turns into an entry of a bucket."""


def remember(message: Any, operation: Operation) -> None:
    """Keep the operation by which a message is processed alone."""
    message.__dict__[_OPERATION] = operation


def remember_batch(message: Any, operation: Operation) -> None:
    """Keep the operation by which a message is processed together with others."""
    message.__dict__[_BATCH] = operation


def keep_message(entry: Any) -> None:
    """Keep the message that an entry is being made of."""
    message = DELIVERED.get()
    if message is not None:
        entry.__dict__[_MESSAGE] = message


def message_of(entry: Any) -> Any:
    """Give the message that an entry of a bucket was made of, if anybody kept it."""
    return None if entry is None else entry.__dict__.get(_MESSAGE)


def operation_of(message: Any) -> Operation | None:
    """Give the operation by which a message is being processed alone, as long as it is."""
    operation: Operation | None = message.__dict__.get(_OPERATION)
    return None if operation is None or operation.has_ended else operation


def processing_of(message: Any) -> Operation | None:
    """Give the operation by which a message is being processed, alone or together with others."""
    operation: Operation | None = operation_of(message) or message.__dict__.get(_BATCH)
    return None if operation is None or operation.has_ended else operation


def created_by(message: Any) -> Context:
    """Give the context that a message was created in; read once, for links and parents alike."""
    created: Context | None = message.__dict__.get(_CREATED)
    if created is None:
        created = message.__dict__[_CREATED] = extract(message.headers)
    return created


def links_to(messages: Iterable[Any]) -> list[Link]:
    """Give a link to the creation of each message that says who created it."""
    return [link for message in messages if message.headers and (link := link_to(created_by(message)))]
