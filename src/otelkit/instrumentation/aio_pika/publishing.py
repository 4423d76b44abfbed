"""Around `Exchange.publish`: a PRODUCER span until the broker answers; without confirms, until it is written.

The application's message may be sent again, and at the same time elsewhere, so it is never changed: what is
sent is its body, and properties of our own with the context in a copy of its headers.
"""

from copy import copy
from functools import wraps
from random import getrandbits
from typing import Any
from uuid import UUID

from aio_pika import Exchange, Message
from aio_pika.exceptions import DeliveryError
from aiormq.abc import DeliveredMessage
from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MESSAGING_MESSAGE_BODY_SIZE,
    MESSAGING_MESSAGE_CONVERSATION_ID,
    MESSAGING_MESSAGE_ID,
)
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from pamqp.commands import Basic

from otelkit.instrumentation.aio_pika.brokers import Broker, host_of, url_of
from otelkit.instrumentation.aio_pika.rpc import operation_around
from otelkit.instrumentation.messaging.operations import name_of


class Outgoing:
    """What `publish` reads of a message: its body and its properties; all else is the message's."""

    __slots__ = ("_message", "body", "properties")

    def __init__(self, message: Any) -> None:
        self._message, self.body = message, message.body
        properties = message.properties  # a Message makes them anew each time
        self.properties = properties if isinstance(message, Message) else copy(properties)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._message, name)

    def __repr__(self) -> str:
        return repr(self._message)


def traced_publish(original: Any, broker: Broker) -> Any:
    """Give a `publish` with a span."""
    telemetry, plans = broker.telemetry, broker.publishes

    @wraps(original)
    async def publish(exchange: Exchange, message: Any, routing_key: str, **options: Any) -> Any:
        if type(message) is Outgoing or telemetry.is_off():  # a probe's, which stands around the process's
            return await original(exchange, message, routing_key, **options)
        url = url_of(exchange)
        plan, outgoing = plans[url, exchange.name, routing_key], Outgoing(message)
        around = operation_around(exchange.name, routing_key)
        operation = telemetry.begin(plan, describe(outgoing)) if around is None else around
        properties = outgoing.properties
        properties.headers = telemetry.headers_of(operation, properties.headers, host_of(url))
        try:
            answer = await original(exchange, outgoing, routing_key, **options)
        except BaseException as error:
            error_type = error_type_of(error)
            operation.end(error, error_type) if around is None else around.note(error)
            telemetry.instruments.sent.of({**plan.metric, ERROR_TYPE: error_type}).count += 1
            raise
        plan.tally.count += 1
        if around is None:
            operation.end(error_type=reason_of(answer.delivery) if type(answer) is DeliveredMessage else "")
        return answer

    return publish


def error_type_of(error: BaseException) -> str:
    """Give the `error.type` of a publish that raised."""
    return reason_of(error.frame) if isinstance(error, DeliveryError) else name_of(error)


def reason_of(frame: Any) -> str:
    """Give the `error.type` of a refusal: `Basic.Nack`, or why a message came back: `NO_ROUTE`."""
    return str(frame.reply_text) if isinstance(frame, Basic.Return) else str(frame.name)


def describe(outgoing: Outgoing) -> dict[str, Any]:
    """Give the attributes of a message that is sent."""
    properties = outgoing.properties
    if not properties.message_id:  # what aiormq does next; so that both sides' spans say the id
        properties.message_id = UUID(int=getrandbits(128), version=4).hex
    said = {MESSAGING_MESSAGE_ID: properties.message_id, MESSAGING_MESSAGE_BODY_SIZE: len(outgoing.body)}
    if properties.correlation_id:
        said[MESSAGING_MESSAGE_CONVERSATION_ID] = properties.correlation_id
    return said
