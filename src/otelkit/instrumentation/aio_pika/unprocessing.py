"""`unprocessed()`: loops and callbacks that only collect or hand over, and make no process spans.

Their messages are counted, and know their queue, for `processing()` and `processing_all()` elsewhere.
"""

from typing import Any

from aio_pika import Queue
from aio_pika.abc import AbstractQueueIterator
from aio_pika.tools import ensure_awaitable

from otelkit.instrumentation.aio_pika.brokers import Active
from otelkit.instrumentation.aio_pika.loops import Loop
from otelkit.instrumentation.aio_pika.messages import deliver


def unprocessed(messages: Any) -> Any:
    """Give a queue, its iterator or a callback of `consume()` without process spans.

    Raises:
        TypeError: it is none of these.
    """
    if isinstance(messages, Loop):
        messages = messages.iterator
    if isinstance(messages, Queue):
        messages = messages.iterator()
    if isinstance(messages, AbstractQueueIterator):
        return _Deliveries(messages)
    if not callable(messages):
        raise TypeError(f"unprocessed({messages!r}): give a queue, its iterator or a callback")
    return Unprocessed(messages)


class Unprocessed:
    """A callback that does not process its messages."""

    def __init__(self, callback: Any) -> None:
        self._callback = ensure_awaitable(callback)

    async def __call__(self, message: Any) -> Any:
        return await self._callback(message)


class _Deliveries:
    def __init__(self, iterator: Any) -> None:
        self._iterator = iterator

    def __aiter__(self) -> "_Deliveries":
        return self

    async def __anext__(self) -> Any:
        message = await self._iterator.__anext__()
        if Active.broker is not None:
            deliver(Active.broker.source_of(self._iterator._amqp_queue), message)  # noqa: SLF001 - known to nobody else
        return message
