"""What all operations of one kind on one destination say: worked out once, looked up for each message."""

from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MESSAGING_DESTINATION_NAME,
    MESSAGING_DESTINATION_TEMPLATE,
    MESSAGING_OPERATION_NAME,
    MESSAGING_OPERATION_TYPE,
    MessagingOperationTypeValues,
)
from opentelemetry.trace import SpanKind

from otelkit.instrumentation.messaging.instruments import Tallies, Tally
from otelkit.instrumentation.messaging.templates import Destination

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
SENDS = {MessagingOperationTypeValues.CREATE, MessagingOperationTypeValues.SEND}


class Plan:
    """Name, kind and attributes of a span, attributes of its metric point, and the count of messages.

    `tally.count` is to be raised by whoever sends or takes messages. Points say what the count says, so that
    destinations that are new for each message do not fill the histograms either: SDKs need not limit them.
    """

    __slots__ = ("kind", "metric", "name", "sends", "span", "tally")

    def __init__(
        self, name: str, type_: MessagingOperationTypeValues, span: Attributes, tally: Tally
    ) -> None:
        self.name, self.kind, self.sends = name, KINDS[type_], type_ in SENDS
        self.span, self.metric, self.tally = dict(span), tally.attributes, tally


def make_plan(  # noqa: PLR0913, PLR0917 - all that is said of an operation
    operation: str,
    type_: MessagingOperationTypeValues,
    destination: Destination | str,
    common: dict[str, str | int | bool],
    extra: dict[str, str | int | bool],
    tallies: Tallies,
) -> Plan:
    """Make a plan of what `Telemetry.plan` was told."""
    metric = {**common, MESSAGING_OPERATION_NAME: operation, MESSAGING_OPERATION_TYPE: type_.value}
    name, template = Destination(destination) if isinstance(destination, str) else destination
    named: dict[str, str] = {MESSAGING_DESTINATION_NAME: name} if name else {}
    if template and template != name:
        metric[MESSAGING_DESTINATION_TEMPLATE] = template
    else:
        metric.update(named)
    span_name = f"{operation} {template or name}".rstrip()
    return Plan(span_name, type_, {**metric, **named, **extra}, tallies.of(metric))


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
