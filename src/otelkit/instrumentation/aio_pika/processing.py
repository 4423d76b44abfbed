"""`processing(message)` and `processing_all(messages)`: process spans of the application's own choosing.

For messages of `get()`, for batches, and for loops and callbacks that hand messages to tasks. Such loops
process nothing themselves: `unprocessed()` says so.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from opentelemetry.context import get_current
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MESSAGING_BATCH_MESSAGE_COUNT

from otelkit.instrumentation.aio_pika.brokers import Active, Broker, Source
from otelkit.instrumentation.aio_pika.messages import begin_process, operation_of, remember, source_of
from otelkit.instrumentation.messaging import Block, Operation


def processing(message: Any) -> AbstractContextManager[Operation | None]:
    """Process a message in a `with` block: its span's context is current there, and its exception recorded.

    Where a loop or a callback has a span for this message, the block takes that over: it ends the span, also
    when it is entered later, in a task. Follows semantic conventions 1.44, "process".
    """
    broker, around = Active.broker, get_current()
    if broker is None or broker.telemetry.is_deaf_to(message.headers, around):
        return nullcontext()
    operation = operation_of(message)
    if operation is None or operation.has_ended:
        operation = begin_process(_source_of(broker, message), message, around)
    return Block(operation)


def processing_all(messages: Sequence[Any]) -> AbstractContextManager[Operation | None]:
    """Process messages together: one span in the current context, with a link to each one's creation.

    Each one's acknowledgement is an event of that span. The SDK keeps 128 links of a span
    (OTEL_SPAN_LINK_COUNT_LIMIT). Follows semantic conventions 1.44, "Batch processing".
    """
    broker, around = Active.broker, get_current()
    if broker is None or all(broker.telemetry.is_deaf_to(one.headers, around) for one in messages):
        return nullcontext()
    sources = [_source_of(broker, message) for message in messages]
    keys = {(message.exchange, message.routing_key) for message in messages}
    source = sources[0] if len({*sources}) == 1 else broker.source(None, "")
    plan = source.processes[keys.pop() if len(keys) == 1 else (None, None)]
    more = {MESSAGING_BATCH_MESSAGE_COUNT: len(messages)}
    operation = broker.telemetry.begin_process_of_all(plan, [message.headers for message in messages], more)
    for message, own in zip(messages, sources, strict=True):
        remember(message, operation, own)
    return Block(operation)


def _source_of(broker: Broker, message: Any) -> Source:
    source = source_of(message)
    if source is not None:
        return source.renewed()
    # Made before instrument(): where it came from is known to its channel, even to a closed one.
    channel = getattr(message, "_IncomingMessage__channel", None)
    return broker.source(getattr(getattr(channel, "connection", None), "url", None), "")
