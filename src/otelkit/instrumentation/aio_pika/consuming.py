"""Around `Queue.consume`: a CONSUMER span around each call of the callback, and nothing but the callback.

aio-pika calls it in a task of its own. Robust queues keep the callback that the application gave and consume
again through here after a reconnect, so that it is never wrapped twice.
"""

from functools import wraps
from types import TracebackType
from typing import Any

from aio_pika import Queue
from aio_pika.patterns import RPC
from aio_pika.queue import QueueIterator
from aio_pika.tools import ensure_awaitable

from otelkit.instrumentation.aio_pika.brokers import Broker, Source
from otelkit.instrumentation.aio_pika.messages import begin_process, deliver
from otelkit.instrumentation.aio_pika.rpc import traced_service
from otelkit.instrumentation.aio_pika.unprocessing import Unprocessed
from otelkit.instrumentation.messaging import Scope
from otelkit.instrumentation.messaging.scopes import detach

_TRACED = "_otelkit_traced"
_ONLY_STORE = {"on_message", "on_result_message"}  # of an iterator, and of who has called


class _Call(Scope):
    """A call of a callback; a block in a task may take the operation over, and ends it then."""

    __slots__ = ()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._operation.is_taken:
            detach(self._token)
            if error is not None:
                self._operation.note(error)
        else:
            super().__exit__(kind, error, traceback)


def traced_consume(original: Any, broker: Broker) -> Any:
    """Give a `consume` whose callback has a span."""

    @wraps(original)
    async def consume(queue: Queue, callback: Any, *arguments: Any, **named: Any) -> Any:
        traced = _traced(callback, broker.source_of(queue))
        return await original(queue, traced, *arguments, **named)

    return consume


def _traced(callback: Any, source: Source) -> Any:
    method = getattr(callback, "func", callback)  # of a partial
    owner, name = getattr(method, "__self__", None), getattr(method, "__name__", "")
    if (isinstance(owner, QueueIterator | RPC) and name in _ONLY_STORE) or hasattr(callback, _TRACED):
        return callback
    if isinstance(owner, RPC) and name == "on_call_message":
        return traced_service(callback, source)
    if isinstance(callback, Unprocessed):
        return _delivering(callback, source)
    return _processing(ensure_awaitable(callback), source)


def _processing(callback: Any, source: Source) -> Any:
    async def process(message: Any) -> Any:
        current = source.renewed()
        if current.telemetry.is_deaf_to(message.headers):
            return await callback(message)
        with _Call(begin_process(current, message)):
            return await callback(message)

    setattr(process, _TRACED, True)
    return process


def _delivering(callback: Unprocessed, source: Source) -> Any:
    async def hand_over(message: Any) -> Any:
        current = source.renewed()
        if current.telemetry.active:
            deliver(current, message)
        return await callback(message)

    return hand_over
