"""Messages to a stream: one PRODUCER span from the publish until its acknowledgement.

`publish_async` gives a future: the span ends with that, or where its answer is lost (`acknowledgements`).
What the acknowledgement says is on the span: stream, sequence, and whether the message was known.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nats.js.client import JetStreamContext
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MESSAGING_MESSAGE_ID

from otelkit.instrumentation.nats.acknowledgements import Acknowledgement, Begun, note
from otelkit.instrumentation.nats.inner import Carried, outer_operation
from otelkit.instrumentation.nats.losses import sends_through
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.publisher import carry_on
from otelkit.instrumentation.nats.telemetry import NatsTelemetry
from otelkit.instrumentation.nats.vocabulary import MESSAGE_ID

Arguments = tuple[Any, ...]
_HEADERS = 3  # their place after the subject


def patch_streams(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Patch `publish` and `publish_async`, which have their headers in the same place."""
    patches.replace(JetStreamContext, "publish", lambda original: _publish(original, telemetry))
    patches.replace(JetStreamContext, "publish_async", lambda original: _publish_async(original, telemetry))


def _publish(original: Callable[..., Any], telemetry: NatsTelemetry) -> Any:
    @wraps(original)
    async def publish(stream_context: Any, subject: str, *arguments: Any, **named: Any) -> Any:
        begun, arguments = _begin(telemetry, stream_context, subject, arguments, named)
        if begun is None:
            return await original(stream_context, subject, *arguments, **named)
        operation, plan = begun
        try:
            answer = await original(stream_context, subject, *arguments, **named)
        except BaseException as error:
            telemetry.end(operation, plan, error)
            raise
        note(operation, answer)
        telemetry.end(operation, plan)
        return answer

    return publish


def _publish_async(original: Callable[..., Any], telemetry: NatsTelemetry) -> Any:
    @wraps(original)
    async def publish_async(stream_context: Any, subject: str, *arguments: Any, **named: Any) -> Any:
        begun, arguments = _begin(telemetry, stream_context, subject, arguments, named)
        if begun is None:
            return await original(stream_context, subject, *arguments, **named)
        sends_through(stream_context.__dict__["_nc"], stream_context)
        try:
            future = await original(stream_context, subject, *arguments, **named)
        except BaseException as error:
            telemetry.end(*begun, error)
            raise
        future.add_done_callback(Acknowledgement(telemetry, future.get_loop(), begun))
        return future

    return publish_async


def _begin(
    telemetry: NatsTelemetry, stream_context: Any, subject: str, arguments: Arguments, named: dict[str, Any]
) -> tuple[Begun | None, Arguments]:
    """Give what was begun, if anything, and the arguments, whose headers are not the application's own."""
    headers = arguments[_HEADERS] if len(arguments) > _HEADERS else named.get("headers")
    if type(headers) is Carried or telemetry.is_off():
        return None, arguments
    broker = telemetry.broker_of(stream_context.__dict__["_nc"])
    plan = broker.publish_plan(subject)
    if plan is None:
        return None, arguments
    if outer_operation() is not None:
        return None, _with_headers(arguments, named, carry_on(telemetry, broker, headers))
    identifier = headers.get(MESSAGE_ID) if headers else None
    operation = telemetry.begin(plan, {MESSAGING_MESSAGE_ID: identifier} if identifier else None)
    carried = telemetry.carry(operation.context, headers, broker)
    return (operation, plan), _with_headers(arguments, named, carried)


def _with_headers(arguments: Arguments, named: dict[str, Any], headers: Any) -> Arguments:
    if len(arguments) > _HEADERS:
        return (*arguments[:_HEADERS], headers, *arguments[_HEADERS + 1 :])
    named["headers"] = headers
    return arguments
