"""`queue.iterator()`: each message's process span is current in the loop's body, and ends with the turn.

What `async for` gets is a handle that only the loop holds; aio-pika's iterator is held by its consumer, too,
and would not hear of the end. `messaging.scopes` tells how a turn ends.
"""

from functools import wraps
from typing import Any

from aio_pika import Queue
from aio_pika.queue import QueueIterator
from opentelemetry.context import get_current

from otelkit.instrumentation.aio_pika.brokers import Broker, Source
from otelkit.instrumentation.aio_pika.messages import begin_process
from otelkit.instrumentation.messaging import Turns


class Loop:
    """A loop over an iterator of aio-pika; behaves as the iterator."""

    def __init__(self, iterator: QueueIterator, source: Source) -> None:
        self.iterator, self._source, self._turns = iterator, source, Turns()

    def __aiter__(self) -> "Loop":
        return self

    async def __anext__(self) -> Any:
        self._turns.end()
        message = await self.iterator.__anext__()
        source, around = self._source.renewed(), get_current()
        if not source.telemetry.is_deaf_to(message.headers, around):
            self._turns.begin(begin_process(source, message, around))
        return message

    def __getattr__(self, name: str) -> Any:
        return getattr(self.iterator, name)

    async def __aenter__(self) -> "Loop":
        await self.iterator.__aenter__()
        return self

    async def __aexit__(self, *failure: Any) -> None:
        self._turns.end(failure[1])
        await self.iterator.__aexit__(*failure)


def traced_queue_loop(_: Any, broker: Broker) -> Any:
    """Give the `__aiter__` of a queue."""

    def begin_loop(queue: Queue) -> Loop:
        return Loop(queue.iterator(), broker.source_of(queue))  # type: ignore[arg-type]  # typed as an ABC

    return begin_loop


def traced_loop(original: Any, broker: Broker) -> Any:
    """Give the `__aiter__` of an iterator."""

    @wraps(original)
    def begin_loop(iterator: QueueIterator) -> Loop:
        return Loop(iterator, broker.source_of(iterator._amqp_queue))  # noqa: SLF001 - known to nobody else

    return begin_loop
