"""A message that knows its queue and its process span: what `consume`, iterators and `get()` give out.

A subclass, because aio-pika's messages have neither room for more nor weak references. Its `process()` tells
the span what the block raised, which the loop around it cannot see.
"""

from types import TracebackType
from typing import Any

from aio_pika.abc import AbstractProcessContext
from aio_pika.message import IncomingMessage, ProcessContext
from opentelemetry.context import Context

from otelkit.instrumentation.aio_pika.brokers import Source
from otelkit.instrumentation.aio_pika.deliveries import describe
from otelkit.instrumentation.aio_pika.settling import MULTIPLE, REQUEUE, settle
from otelkit.instrumentation.messaging import Operation


class ReceivedMessage(IncomingMessage):
    """An IncomingMessage with two fields of ours, which a locked message takes, too."""

    __slots__ = ("_operation", "_source")

    _operation: Operation
    _source: Source

    async def ack(self, multiple: bool = False) -> None:
        """As aio-pika's."""
        details = {MULTIPLE: True} if multiple else {}
        await settle(self, "ack", super().ack(multiple), details)

    async def reject(self, requeue: bool = False) -> None:
        """As aio-pika's."""
        details = {REQUEUE: requeue}
        await settle(self, "reject", super().reject(requeue), details)

    async def nack(self, multiple: bool = False, requeue: bool = True) -> None:
        """As aio-pika's."""
        details = {REQUEUE: requeue, MULTIPLE: True} if multiple else {REQUEUE: requeue}
        await settle(self, "nack", super().nack(multiple, requeue), details)

    def process(
        self, requeue: bool = False, reject_on_redelivered: bool = False, ignore_processed: bool = False
    ) -> AbstractProcessContext:
        """As aio-pika's; the process span gets what the block raises."""
        return _NotingContext(
            self,
            requeue=requeue,
            reject_on_redelivered=reject_on_redelivered,
            ignore_processed=ignore_processed,
        )


class _NotingContext(ProcessContext):
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None and (operation := operation_of(self.message)) is not None:
            operation.note(error)
        await super().__aexit__(kind, error, traceback)


# Straight to the fields, past the check of locked messages in Message.__setattr__ and its cost.
_set_operation: Any = ReceivedMessage.__dict__["_operation"].__set__
_set_source: Any = ReceivedMessage.__dict__["_source"].__set__


def operation_of(message: Any) -> Operation | None:
    """Give the latest process operation of a message."""
    return getattr(message, "_operation", None)


def source_of(message: Any) -> Source | None:
    """Give the queue that a message came from, if it was instrumented then."""
    return getattr(message, "_source", None)


def deliver(source: Source, message: Any) -> None:
    """Count a message that nobody processes yet, and remember its queue."""
    source.processes[message.exchange, message.routing_key].tally.count += 1
    remember_source(message, source)


def begin_process(source: Source, message: Any, around: Context | None = None) -> Operation:
    """Begin to process a message of a queue, and count it unless that was done on its way here."""
    plan = source.processes[message.exchange, message.routing_key]
    if source_of(message) is None:
        plan.tally.count += 1
    operation = source.telemetry.begin_process(plan, message.headers, describe(message), around)
    remember(message, operation, source)
    return operation


def remember(message: Any, operation: Operation, source: Source) -> None:
    """Keep what a message is processed by; one that was made before instrument() has no room for it."""
    if isinstance(message, ReceivedMessage):
        _set_operation(message, operation)
        _set_source(message, source)


def remember_source(message: Any, source: Source) -> None:
    """Keep the queue that a message came from."""
    if isinstance(message, ReceivedMessage):
        _set_source(message, source)
