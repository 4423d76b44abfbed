"""`processing(message)`: a process span for a message that was received, for as long as a block runs.

For messages of `next_msg` and `fetch`, and for code that hands messages to tasks. Where a loop or a callback
processes the message already, the block is that processing's: its exception is the span's.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from opentelemetry.context import get_current

from otelkit.instrumentation.messaging import Operation, Scope
from otelkit.instrumentation.nats.messages import message_of, operation_of, remember
from otelkit.instrumentation.nats.telemetry import NatsTelemetry


class Active:
    """The telemetry of the process, between `instrument()` and `uninstrument()`."""

    telemetry: NatsTelemetry | None = None


def processing(message: Any) -> AbstractContextManager[Operation | None]:
    """Process a message in a `with` block: its span's context is current there, and the exception recorded.

    Args:
        message: a `nats.aio.msg.Msg`, received by whatever way, or what a watch of a bucket gives.
            Follows semantic conventions 1.44, "process".
    """
    telemetry = Active.telemetry
    if telemetry is None:
        return nullcontext()
    message = message_of(message) or message
    if telemetry.is_deaf_to(message.headers):
        return nullcontext()
    operation = operation_of(message)
    if operation is None:
        operation, _ = telemetry.consumer_of_message(message).begin_process(message, get_current())
        remember(message, operation)
    return Scope(operation)
