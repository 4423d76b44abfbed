"""Core messages: a PRODUCER span for each publish, a CLIENT span around a request and its reply.

A reply has no span of its own: the requester's span ends with it, and its sender is the span that processes
the request. It carries the context of that, never the request's, which nats-py would send back as it came.
Convention: "Messaging spans" (1.44).
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from opentelemetry import trace
from opentelemetry.metrics import _internal as metrics
from opentelemetry.semconv.attributes.error_attributes import ErrorTypeValues

from otelkit.instrumentation.messaging import Plan
from otelkit.instrumentation.messaging.scopes import current_context
from otelkit.instrumentation.nats.brokers import Broker
from otelkit.instrumentation.nats.inner import Carried, Within, outer_operation
from otelkit.instrumentation.nats.patching import Patches, coroutine_function
from otelkit.instrumentation.nats.telemetry import NatsTelemetry
from otelkit.instrumentation.nats.vocabulary import INTERNAL, SERVICE_ERROR_CODE

_CODE = re.compile(r"[0-9]{1,4}")


def patch_publisher(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Patch `publish`, `request` and `respond`."""
    patches.replace(Client, "publish", lambda original: _publish(original, telemetry))
    patches.replace(Client, "request", lambda original: _request(original, telemetry))
    patches.replace(Msg, "respond", lambda original: _respond(original, telemetry))


def _publish(original: Callable[..., Any], telemetry: NatsTelemetry) -> Any:
    @wraps(original)
    async def send(client: Any, broker: Broker, plan: Plan, message: tuple[Any, ...]) -> None:
        subject, payload, reply, headers = message
        operation = telemetry.begin(plan)
        try:
            carried = telemetry.carry(operation.context, headers, broker)
            await original(client, subject, payload, reply, carried if len(carried) else None)
        except BaseException as error:
            telemetry.end(operation, plan, error)
            raise
        telemetry.end(operation, plan)

    idle = telemetry.is_idle

    # No coroutine: one more about another costs a tenth of what nats-py's takes.
    @wraps(original)
    def publish(client: Any, subject: str, payload: bytes = b"", reply: str = "", headers: Any = None) -> Any:
        if (
            idle.tracers is trace._TRACER_PROVIDER  # noqa: SLF001 - see Idleness
            and idle.meters is metrics._METER_PROVIDER  # noqa: SLF001 - likewise
            and not current_context()
        ):
            return original(client, subject, payload, reply, headers)
        if type(headers) is Carried:
            return original(client, subject, payload, reply, headers if len(headers) else None)
        if (type(subject) is str and subject.startswith(INTERNAL)) or telemetry.is_off():
            return original(client, subject, payload, reply, headers)
        broker = telemetry.broker_of(client)
        plan = broker.publish_plan(subject)
        if plan is None:
            return original(client, subject, payload, reply, headers)
        if plan is broker.replies or outer_operation() is not None:
            return original(client, subject, payload, reply, carry_on(telemetry, broker, headers))
        return send(client, broker, plan, (subject, payload, reply, headers))

    return coroutine_function(publish)


def carry_on(telemetry: NatsTelemetry, broker: Broker, headers: Any) -> Any:
    """Give the headers of what has no span of its own: a reply, or a part of an operation."""
    outer = outer_operation()
    if outer is None:
        carried = telemetry.carry_reply(None, headers, broker)
    elif (context := outer.context) is None:
        return headers
    else:
        carried = telemetry.carry(context, headers, broker)
    return carried if len(carried) else None


def _request(original: Callable[..., Any], telemetry: NatsTelemetry) -> Any:
    @wraps(original)
    async def request(  # noqa: PLR0913, PLR0917 - the library's signature
        client: Any,
        subject: str,
        payload: bytes = b"",
        timeout: float = 0.5,  # noqa: ASYNC109 - the library's
        old_style: bool = False,
        headers: Any = None,
        **more: Any,
    ) -> Any:
        if type(headers) is Carried or telemetry.is_off():
            return await original(client, subject, payload, timeout, old_style, headers, **more)
        broker = telemetry.broker_of(client)
        plan = broker.request_plan(subject)
        if plan is None or outer_operation() is not None:
            return await original(client, subject, payload, timeout, old_style, headers, **more)
        operation = telemetry.begin(plan)
        try:
            carried = telemetry.carry(operation.context, headers, broker)
            if old_style:  # nats-py hands no headers on
                with Within(operation):
                    response = await original(client, subject, payload, timeout, old_style, **more)
            else:
                response = await original(client, subject, payload, timeout, old_style, carried, **more)
        except BaseException as error:
            telemetry.end(operation, plan, error)
            raise
        code = response.headers.get(SERVICE_ERROR_CODE) if response.headers else None
        telemetry.end(operation, plan, error_type=_error_type_of(code) if code else "")
        return response

    return request


def _error_type_of(code: str) -> str:
    """Bound what the responder says, a stranger perhaps: it is on points."""
    return code if _CODE.fullmatch(code) else ErrorTypeValues.OTHER.value


def _respond(original: Callable[..., Any], telemetry: NatsTelemetry) -> Any:
    @wraps(original)
    async def respond(message: Any, data: bytes) -> None:
        client = message.__dict__["_client"]
        if telemetry.is_off() or not client or not message.reply or message.reply.startswith(INTERNAL):
            await original(message, data)
            return
        carried = telemetry.carry_reply(message, message.headers, telemetry.broker_of(client))
        await client.publish(message.reply, data, headers=carried)

    return respond
