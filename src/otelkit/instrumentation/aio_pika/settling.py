"""Acknowledgements: by setting an event of the process span, a CLIENT span of their own, or nothing.

The broker answers none of them, so a span lasts until the frame is written. One that fails says so;
whether the processing has failed too, its own exception tells.
"""

from types import TracebackType
from typing import Any

from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MESSAGING_RABBITMQ_MESSAGE_DELIVERY_TAG,
)
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from otelkit.instrumentation.aio_pika.brokers import Source
from otelkit.instrumentation.messaging import Operation
from otelkit.instrumentation.messaging.carriers import links_of
from otelkit.instrumentation.messaging.operations import name_of

REQUEUE, MULTIPLE = "messaging.rabbitmq.requeue", "messaging.rabbitmq.multiple"


class Settlement:
    """A block that settles a message of ours by `word`: no coroutine more around aio-pika's."""

    __slots__ = ("_details", "_message", "_operation", "_word")

    def __init__(self, message: Any, word: str, details: dict[str, Any]) -> None:
        self._message, self._word, self._details = message, word, details
        self._operation: Operation | None = None

    def __enter__(self) -> None:
        source: Source | None = getattr(self._message, "_source", None)
        if (
            source is not None
            and source.telemetry.settings.settle == "span"
            and not source.telemetry.is_off()
        ):
            self._operation = self._begin(source)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._operation is not None:
            self._operation.end(error)
            return
        processing: Operation | None = getattr(self._message, "_operation", None)
        if processing is None or processing.has_ended:
            return
        if self._message._source.telemetry.settings.settle == "event":  # noqa: SLF001 - a message of ours
            details = self._details if error is None else {**self._details, ERROR_TYPE: name_of(error)}
            processing.span.add_event(self._word, details)

    def _begin(self, source: Source) -> Operation:
        message = self._message
        plan = source.plans(self._word)[message.exchange, message.routing_key]
        more = {MESSAGING_RABBITMQ_MESSAGE_DELIVERY_TAG: message.delivery_tag, **self._details}
        return source.telemetry.begin(plan, more, links_of([message.headers]))
