"""What all operations of one kind on one destination say: worked out once, looked up for each message."""

from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

from opentelemetry.semconv._incubating.attributes.messaging_attributes import MessagingOperationTypeValues
from opentelemetry.trace import SpanKind

from otelkit.instrumentation.messaging.instruments import Tally

K = TypeVar("K", bound=Hashable)
Attributes = Mapping[str, str | int | bool]
MOST_PLANS = 1000  # destinations that are new for each message must not fill memory

KINDS = {
    MessagingOperationTypeValues.CREATE: SpanKind.PRODUCER,
    MessagingOperationTypeValues.SEND: SpanKind.PRODUCER,
    MessagingOperationTypeValues.RECEIVE: SpanKind.CLIENT,
    MessagingOperationTypeValues.PROCESS: SpanKind.CONSUMER,
    MessagingOperationTypeValues.SETTLE: SpanKind.CLIENT,
}


class Plan:
    """Name, kind and attributes of a span, attributes of its metric point, and the count of messages.

    `tally.count` is to be raised by whoever sends or takes messages.
    """

    __slots__ = ("kind", "metric", "name", "span", "tally")

    def __init__(self, name: str, kind: SpanKind, span: Attributes, metric: Attributes, tally: Tally) -> None:
        self.name, self.kind, self.tally = name, kind, tally
        self.span, self.metric = dict(span), dict(metric)


class Plans(dict[K, Plan], Generic[K]):
    """Plans by whatever tells them apart; a missing one is made by `make`, and too many are forgotten."""

    def __init__(self, make: Callable[[K], Plan]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> Plan:
        if len(self) >= MOST_PLANS:
            self.clear()
        plan = self[key] = self._make(key)
        return plan
