"""What is kept on a message of the library's, under names of our own, for as long as it lives."""

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any
from weakref import ref

from opentelemetry.trace import Link

from otelkit.instrumentation.messaging import Operation
from otelkit.instrumentation.messaging.carriers import Creation, creation_of

DELIVERED: ContextVar[Any] = ContextVar("otelkit_nats_delivered", default=None)
"""The message that a callback of the library's turns into an entry of a bucket."""


class Update:
    """What an entry keeps of its message: applications keep entries, all of a bucket's, and copy them.

    A copy of the entry has none of it: whoever processes that does so in another place, or process.
    """

    __slots__ = (
        "_connection",
        "_sid",
        "headers",
        "otelkit_creation",
        "otelkit_operation",
        "reply",
        "subject",
    )

    def __init__(self, message: Any) -> None:
        self.subject, self.reply, self.headers = message.subject, message.reply, message.headers
        self._connection, self._sid = ref(message.__dict__["_client"]), message.__dict__["_sid"]
        self.otelkit_creation: Creation | None = None
        self.otelkit_operation: Operation | None = None

    @property
    def _client(self) -> Any:
        return self._connection()

    def __reduce__(self) -> Any:
        return type(None), ()


def remember(message: Any, operation: Operation) -> None:
    """Keep the operation by which a message is processed alone."""
    message.otelkit_operation = operation


def forget(message: Any) -> None:
    """Let go of what a message was processed by: the application may keep the message, and many."""
    message.otelkit_operation = message.otelkit_creation = None


def remember_batch(message: Any, operation: Operation) -> None:
    """Keep the operation by which a message is processed together with others."""
    message.otelkit_batch = operation


def keep_message(entry: Any) -> None:
    """Keep what is to be known of the message that an entry is being made of."""
    message = DELIVERED.get()
    if message is not None:
        entry.otelkit_message = Update(message)


def message_of(entry: Any) -> Any:
    """Give what is known of the message that an entry of a bucket was made of, if anything is."""
    return getattr(entry, "otelkit_message", None)


def itself_or_message_of(given: Any) -> Any:
    """Give a message, or what is known of that of an entry: None for one that was read, or copied."""
    return getattr(given, "otelkit_message", given)


def operation_of(message: Any) -> Operation | None:
    """Give the operation by which a message is being processed alone, as long as it is."""
    operation: Operation | None = getattr(message, "otelkit_operation", None)
    return None if operation is None or operation.has_ended else operation


def batch_of(message: Any) -> Operation | None:
    """Give the operation by which a message is being processed together with others."""
    operation: Operation | None = getattr(message, "otelkit_batch", None)
    return None if operation is None or operation.has_ended else operation


def creation_by(message: Any) -> Creation:
    """Give what a message says of its creation; read once."""
    created: Creation | None = getattr(message, "otelkit_creation", None)
    if created is None:
        created = message.otelkit_creation = creation_of(message.headers)
    return created


def links_to(messages: Iterable[Any]) -> list[Link]:
    """Give a link to the creation of each message that says who created it."""
    return [link for message in messages if (link := creation_by(message)[1]) is not None]
