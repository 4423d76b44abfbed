"""What the patches of one `instrument()` record with; the library's objects lead to brokers and consumers."""

from typing import Any

from opentelemetry.context import Context, get_current
from opentelemetry.metrics import MeterProvider
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import TracerProvider

from otelkit.instrumentation.messaging import Operation, Plan, Telemetry, Templates
from otelkit.instrumentation.messaging.carriers import Headers, fill
from otelkit.instrumentation.messaging.operations import name_of
from otelkit.instrumentation.nats.brokers import Broker
from otelkit.instrumentation.nats.consumers import Consumer, Pulled
from otelkit.instrumentation.nats.inner import Carried
from otelkit.instrumentation.nats.messages import batch_of, operation_of
from otelkit.instrumentation.nats.settings import NatsSettings
from otelkit.instrumentation.nats.vocabulary import SCOPE

_BROKER, _CONSUMER = "_otelkit_broker", "_otelkit_consumer"


class NatsTelemetry(Telemetry):
    """Kept on clients, subscriptions and messages under names of its own, for as long as those live."""

    settings: NatsSettings

    def __init__(
        self,
        settings: NatsSettings,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        super().__init__(SCOPE, settings, tracer_provider, meter_provider)
        self.templates = Templates(settings.templates)
        self._nowhere = Broker(self, None)

    def broker_of(self, client: Any) -> Broker:
        """Give the server that a client is connected to."""
        if client is None:
            return self._nowhere
        known = client.__dict__
        broker: Broker | None = known.get(_BROKER)
        if broker is None or broker.server is not known["_current_server"] or broker.telemetry is not self:
            broker = known[_BROKER] = Broker(self, client)
        return broker

    def consumer_of(self, subscription: Any) -> Consumer:
        """Give what the messages of a subscription say."""
        known = subscription.__dict__
        broker = self.broker_of(known["_conn"])
        consumer: Consumer | None = known.get(_CONSUMER)
        if consumer is None or consumer.broker is not broker:
            consumer = known[_CONSUMER] = Consumer(broker, subscription)
        return consumer

    def pulled_of(self, pull: Any) -> Pulled:
        """Give what the messages of a pull subscription say."""
        known = pull.__dict__
        broker = self.broker_of(known["_nc"])
        pulled: Pulled | None = known.get(_CONSUMER)
        if pulled is None or pulled.broker is not broker:
            pulled = known[_CONSUMER] = Pulled(broker, pull)
        return pulled

    def consumer_of_message(self, message: Any) -> Consumer:
        """Give the consumer of a message by its subscription, which may be gone."""
        client = getattr(message, "_client", None)
        subscriptions = client.__dict__["_subs"] if client is not None else {}
        subscription = subscriptions.get(getattr(message, "_sid", None))
        if subscription is None:
            return Consumer(self.broker_of(client), None)
        return self.consumer_of(subscription)

    def carry(self, context: Context, headers: Headers | None, broker: Broker) -> Carried:
        """Give the application's headers with `context`, where the server takes headers."""
        if not broker.takes_headers:
            return Carried(headers or ())
        return fill(Carried(), headers, self.hosts.context_for(broker.host, context))

    def carry_reply(self, message: Any, headers: Headers | None, broker: Broker) -> Carried:
        """Give the headers of a reply, and count it: not the request's context, but that of who answers."""
        broker.replies.tally.count += 1
        operation = None if message is None else operation_of(message) or batch_of(message)
        return self.carry(get_current() if operation is None else operation.context, headers, broker)

    def end(
        self, operation: Operation, plan: Plan, error: BaseException | None = None, error_type: str = ""
    ) -> None:
        """End an operation on one message, once, and count it; a send that failed was attempted, too."""
        if operation.has_ended:
            return
        operation.end(error, error_type)
        if error is None and not error_type:
            plan.tally.count += 1
        elif plan.sends:
            failed = {**plan.metric, ERROR_TYPE: error_type or name_of(error)}
            self.instruments.sent.of(failed).count += 1
