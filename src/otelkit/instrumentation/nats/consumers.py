"""Who takes messages: a subscription, with its queue group, stream and consumer, and what its messages say.

A JetStream message tells all that in its reply subject. The group is the queue group or the durable consumer;
a consumer that lives as long as its subscription has a random name, which stays off the points.
Convention: "Messaging spans" (1.44), consumer groups and subscriptions.
"""

from collections.abc import Sequence
from typing import Any

from nats.micro.service import Endpoint
from opentelemetry.context import Context
from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MESSAGING_BATCH_MESSAGE_COUNT,
    MESSAGING_CONSUMER_GROUP_NAME,
    MESSAGING_DESTINATION_SUBSCRIPTION_NAME,
    MessagingOperationTypeValues,
)
from opentelemetry.trace import Link

from otelkit.instrumentation.messaging import Operation, Plan, Plans
from otelkit.instrumentation.nats.brokers import OF_INBOX, RECEIVE, Broker
from otelkit.instrumentation.nats.messages import creation_by
from otelkit.instrumentation.nats.sources import Source, describe, is_nuid
from otelkit.instrumentation.nats.vocabulary import (
    ENDPOINT,
    SERVICE,
    STREAM,
)

PROCESS = MessagingOperationTypeValues.PROCESS
SETTLE = MessagingOperationTypeValues.SETTLE
Key = tuple[str, MessagingOperationTypeValues, Source]


class Consumer:
    """A subscription as telemetry sees it; without one, of a message whose subscription is gone."""

    def __init__(self, broker: Broker, subscription: Any) -> None:
        known: dict[str, Any] = subscription.__dict__ if subscription is not None else {}
        self.broker = broker
        self._subject: str = known.get("_subject", "")
        self._queue: str = known.get("_queue") or ""
        self._known, self._extra = known, _endpoint_of(known.get("_cb"))
        self._process: Plans[Source] = Plans(lambda source: self._plan("process", PROCESS, source))
        self._others: Plans[Key] = Plans(lambda key: self._plan(*key))

    def begin_process(self, message: Any, around: Context | None = None) -> tuple[Operation, Plan]:
        """Begin to process a message; gives the plan as well, for whoever counts."""
        source, more = describe(message)
        plan = self._process[source]
        created = creation_by(message)
        return self.broker.telemetry.begin_process(plan, message.headers, more, around, created), plan

    def begin_batch(self, messages: Sequence[Any], links: Sequence[Link]) -> Operation:
        """Begin to process messages together, in the current context; by their subject, if they share one."""
        source, _ = describe(messages[0])
        if any(message.subject != source[0] for message in messages):
            source = (source[1] or self._subject, *source[1:])
        more = {MESSAGING_BATCH_MESSAGE_COUNT: len(messages)}
        return self.broker.telemetry.begin(self._process[source], more, links)

    def plan_of(
        self, word: str, kind: MessagingOperationTypeValues, message: Any
    ) -> tuple[Plan, dict[str, Any] | None]:
        """Give the plan of an operation on a message, by the library's word, and what more its span says."""
        source, more = describe(message)
        return self._others[word, kind, source], more

    def plan_of_none(self, word: str) -> Plan:
        """Give the plan of having received nothing."""
        return self._others[word, RECEIVE, (self._subject, "", "")]

    def _plan(self, operation: str, kind: MessagingOperationTypeValues, source: Source) -> Plan:
        subject, stream, consumer = source
        destination = self.broker.destination_of(subject)
        extra: dict[str, Any] = {**self._extra} if destination.name else {**self._extra, **OF_INBOX}
        group, common = self._queue, self.broker.common
        if consumer:
            extra |= {STREAM: stream, MESSAGING_DESTINATION_SUBSCRIPTION_NAME: consumer}
            group = group or self._durable(consumer)
        elif destination.name and self._subject not in ("", subject):
            extra[MESSAGING_DESTINATION_SUBSCRIPTION_NAME] = self._subject
        if group:
            common = {**common, MESSAGING_CONSUMER_GROUP_NAME: group}
        return self.broker.telemetry.plan(operation, kind, destination, common, extra)

    def _durable(self, consumer: str) -> str:
        pushed = self._known.get("_jsi") or getattr(self._known.get("_sub"), "_jsi", None)
        if pushed is None:  # nats-py itself makes up names for what pulls
            return "" if is_nuid(consumer) else consumer
        return pushed.__dict__["_ccreq"].durable_name or ""


class Pulled(Consumer):
    """A consumer of a stream that is asked for messages."""

    def __init__(self, broker: Broker, pull: Any) -> None:
        known = pull.__dict__
        super().__init__(broker, known["_sub"])
        stream, name = known["_stream"], known["_consumer"]
        self._extra = {STREAM: stream, MESSAGING_DESTINATION_SUBSCRIPTION_NAME: name}
        common = (
            {**broker.common, MESSAGING_CONSUMER_GROUP_NAME: name} if not is_nuid(name) else broker.common
        )
        self.fetch = broker.telemetry.plan("fetch", RECEIVE, stream, common, self._extra)


def _endpoint_of(callback: Any) -> dict[str, Any]:
    endpoint = getattr(callback, "__self__", None)
    if not isinstance(endpoint, Endpoint):
        return {}
    known = endpoint.__dict__
    return {SERVICE: known["_service"].__dict__["_name"], ENDPOINT: known["_name"]}
