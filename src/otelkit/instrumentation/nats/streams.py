"""Messages to a stream: one PRODUCER span from the publish until its acknowledgement.

`publish_async` gives a future: the span ends with that, in whichever way it ends, or when it is gone without
an end. A refusal never gets there (https://github.com/nats-io/nats.py/issues/985): the span hears of it where
it is lost. What the acknowledgement says is on the span: stream, sequence, and whether the message was known.
"""

from asyncio import AbstractEventLoop, CancelledError, Future
from collections.abc import Callable
from functools import wraps
from typing import Any

from nats.js.client import JetStreamContext
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MESSAGING_MESSAGE_ID

from otelkit.instrumentation.messaging import Operation, Plan
from otelkit.instrumentation.nats.inner import Carried, outer_operation
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.publisher import carry_on
from otelkit.instrumentation.nats.telemetry import NatsTelemetry
from otelkit.instrumentation.nats.vocabulary import DUPLICATE, MESSAGE_ID, SEQUENCE, STREAM

UNACKNOWLEDGED = "unacknowledged"
Begun = tuple[Operation, Plan]
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
        _note(operation, answer)
        telemetry.end(operation, plan)
        return answer

    return publish


def _publish_async(original: Callable[..., Any], telemetry: NatsTelemetry) -> Any:
    @wraps(original)
    async def publish_async(stream_context: Any, subject: str, *arguments: Any, **named: Any) -> Any:
        begun, arguments = _begin(telemetry, stream_context, subject, arguments, named)
        if begun is None:
            return await original(stream_context, subject, *arguments, **named)
        try:
            future = await original(stream_context, subject, *arguments, **named)
        except BaseException as error:
            telemetry.end(*begun, error)
            raise
        future.add_done_callback(_Acknowledgement(telemetry, future.get_loop(), begun))
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


def _note(operation: Operation, answer: Any) -> None:
    span = operation.span
    if span.is_recording():
        span.set_attribute(STREAM, answer.stream)
        span.set_attribute(SEQUENCE, answer.seq)
        if answer.duplicate:
            span.set_attribute(DUPLICATE, True)


def fail_unanswered(stream_context: Any, answer: Any, error: Exception) -> None:
    """End the publish that `answer` refuses, and whose future is never told."""
    token = answer.subject.rpartition(".")[2]
    future = stream_context.__dict__["_publish_async_futures"].get(token)
    for callback, _ in getattr(future, "_callbacks", None) or ():
        if isinstance(callback, _Acknowledgement):
            callback.fail(error)


class _Acknowledgement:
    """Ends the publish when its future is done, or gone with the connection that would have answered it."""

    __slots__ = ("_begun", "_loop", "_telemetry")

    def __init__(self, telemetry: NatsTelemetry, loop: AbstractEventLoop, begun: Begun) -> None:
        self._telemetry, self._loop, self._begun = telemetry, loop, begun

    def __call__(self, future: "Future[Any]") -> None:
        operation, plan = self._begun
        error: BaseException | None = CancelledError() if future.cancelled() else None
        if error is None:
            # Not exception(): asyncio would take it for retrieved, and not tell that nobody looked at it.
            error = getattr(future, "_exception", None)
        if error is None:
            _note(operation, future.result())
        self._telemetry.end(operation, plan, error)

    def fail(self, error: Exception) -> None:
        """End with a refusal."""
        self._telemetry.end(*self._begun, error)

    def __del__(self) -> None:
        if self._begun[0].has_ended:
            return
        try:  # not at once: the garbage collector may come by where a lock of the SDK is held
            self._loop.call_soon_threadsafe(self._telemetry.end, *self._begun, None, UNACKNOWLEDGED)
        except RuntimeError:  # the loop is closed
            self._telemetry.end(*self._begun, None, UNACKNOWLEDGED)
