"""The list that `fetch` gives: who loops over it processes the messages, each or, by setting, all together.

As in a loop over a subscription, each loop has an iterator of its own, and the context is gone with it. What
does not loop, as an index, a slice or `copy()`, makes no spans.
"""

from collections.abc import Iterator
from typing import Any

from opentelemetry.context import Context

from otelkit.instrumentation.messaging.carriers import links_of
from otelkit.instrumentation.messaging.scopes import attach, current_context, leave
from otelkit.instrumentation.nats.consumers import Pulled
from otelkit.instrumentation.nats.messages import forget, remember, remember_batch


class Fetched(list[Any]):
    """Messages of one fetch."""

    __slots__ = ("_consumer",)

    def __init__(self, messages: list[Any], consumer: Pulled) -> None:
        super().__init__(messages)
        self._consumer = consumer

    def __iter__(self) -> Iterator[Any]:
        telemetry = self._consumer.broker.telemetry
        if not self or telemetry.is_off():
            return super().__iter__()
        if telemetry.settings.batch == "each":
            return _each(super().__iter__(), self._consumer, current_context())
        return _whole(list.copy(self), self._consumer)

    def __reduce__(self) -> Any:
        return list, (list.copy(self),)  # a copy is a plain list


# Whoever breaks out of the loop drops the generator, which then runs what is in its `finally`.


def _each(messages: Iterator[Any], consumer: Pulled, around: Context) -> Iterator[Any]:
    for message in messages:
        operation, _ = consumer.begin_process(message, around)
        remember(message, operation)
        token = attach(operation.context)
        try:
            yield message
        finally:
            leave(operation, token)
            if not operation.is_taken:
                operation.end()
                forget(message)


def _whole(messages: list[Any], consumer: Pulled) -> Iterator[Any]:
    operation = consumer.begin_batch(messages, links_of([message.headers for message in messages]))
    for message in messages:
        remember_batch(message, operation)
    token = attach(operation.context)
    try:
        yield from messages
    finally:
        leave(operation, token)
        operation.end()
