"""`processing(message)` and `processing_all(messages)`: process spans of the application's own choosing.

For messages of `next_msg` and `fetch`, and for loops and callbacks that hand messages to tasks. Such loops
process nothing themselves: `unprocessed()` says so.
"""

from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Any

from opentelemetry.context import get_current

from otelkit.instrumentation.messaging import Block, Operation
from otelkit.instrumentation.nats.messages import (
    forget,
    itself_or_message_of,
    links_to,
    operation_of,
    remember,
    remember_batch,
)
from otelkit.instrumentation.nats.telemetry import NatsTelemetry
from otelkit.instrumentation.nats.unprocessing import unprocessed


class Active:
    """The telemetry of the process, between `instrument()` and `uninstrument()`."""

    telemetry: NatsTelemetry | None = None


def processing(message: Any) -> AbstractContextManager[Operation | None]:
    """Process a message in a `with` block: its span's context is current there, and its exception recorded.

    Where a loop or a callback has a span for this message, the block takes that over: it ends the span, also
    when it is entered later, in a task. Follows semantic conventions 1.44, "process".

    Args:
        message: a `nats.aio.msg.Msg`, received by whatever way, or what a watch of a bucket gives; what was
            read from a bucket, and the copy of an entry, bring no context, and make no span.
    """
    telemetry = Active.telemetry
    if telemetry is None:
        return nullcontext()
    given, message = message, itself_or_message_of(message)
    if message is None or telemetry.is_deaf_to(message.headers, get_current()):
        return nullcontext()
    operation = operation_of(message)
    if operation is None:
        operation, _ = telemetry.consumer_of_message(message).begin_process(message, get_current())
        remember(message, operation)
    return Block(operation) if message is given else _Update(operation, message)


class _Update(Block):
    """The application keeps entries: one that has been processed keeps no operation."""

    __slots__ = ("_message",)

    def __init__(self, operation: Operation, message: Any) -> None:
        super().__init__(operation)
        self._message = message

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, traceback)
        forget(self._message)


def processing_all(messages: list[Any]) -> AbstractContextManager[Operation | None]:
    """Process messages together: one span in the current context, with a link to each one's creation.

    What is not acknowledged is an event of that span. The SDK keeps 128 links of a span
    (OTEL_SPAN_LINK_COUNT_LIMIT). Follows semantic conventions 1.44, "Batch processing".
    """
    telemetry, batch = Active.telemetry, list(unprocessed(messages))
    if telemetry is None or not batch or telemetry.is_off():
        return nullcontext()
    operation = telemetry.consumer_of_message(batch[0]).begin_batch(batch, links_to(batch))
    for message in batch:
        remember_batch(message, operation)
    return Block(operation)
