"""Acknowledgements: by setting an event of the process span, a CLIENT span of their own, or nothing.

The server answers `ack_sync` alone; of the others a span says when they were handed to the connection. Events
have the library's words: `ack`, `ack_sync`, `nak`, `term`, `in_progress`. Of messages that are processed
together only what is out of the ordinary is an event, with the message's sequence: a span keeps 128 events.
One that fails says so; whether the processing has failed too, its own exception tells.
Convention: "Messaging spans" (1.44), settle.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nats.aio.msg import Msg
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from otelkit.instrumentation.messaging.operations import name_of
from otelkit.instrumentation.nats.consumers import SETTLE
from otelkit.instrumentation.nats.messages import batch_of, links_to, operation_of
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.sources import describe
from otelkit.instrumentation.nats.telemetry import NatsTelemetry
from otelkit.instrumentation.nats.vocabulary import DELAY

_EXTRAORDINARY = ("nak", "term")
_WITH_ARGUMENTS = ("ack_sync", "nak", "term")
_WORDS = ("ack", "ack_sync", "nak", "term", "in_progress")


def patch_settling(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Patch what settles a message; with `settle="none"` nothing."""
    if telemetry.settings.settle == "none":
        return
    tell = _in_event if telemetry.settings.settle == "event" else _in_span
    for word in _WORDS:
        patches.replace(Msg, word, tell(telemetry, word))


def _in_event(_: NatsTelemetry, word: str) -> Callable[[Any], Any]:
    def make(original: Callable[..., Any]) -> Any:
        @wraps(original)
        async def settle(message: Any, *arguments: Any, **named: Any) -> Any:
            details = _details(word, arguments, named)
            try:
                result = await original(message, *arguments, **named)
            except BaseException as error:
                _tell(message, word, {**details, ERROR_TYPE: name_of(error)})
                raise
            if word in _EXTRAORDINARY:
                _tell(message, word, details)
            elif (operation := operation_of(message)) is not None:
                operation.span.add_event(word)
            return result

        return settle if word in _WITH_ARGUMENTS else make_simple(original)

    # Every message is acknowledged: it is worth a function without what it does not need.
    def make_simple(original: Callable[[Any], Any]) -> Any:
        @wraps(original)
        async def settle(message: Any) -> None:
            try:
                await original(message)
            except BaseException as error:
                _tell(message, word, {ERROR_TYPE: name_of(error)})
                raise
            if (operation := operation_of(message)) is not None:
                operation.span.add_event(word)

        return settle

    return make


def _tell(message: Any, word: str, details: dict[str, Any]) -> None:
    if (operation := operation_of(message)) is None:
        operation = batch_of(message)
        details.update(describe(message)[1] or {})
    if operation is not None:
        operation.span.add_event(word, details)


def _in_span(telemetry: NatsTelemetry, word: str) -> Callable[[Any], Any]:
    def make(original: Callable[..., Any]) -> Any:
        @wraps(original)
        async def settle(message: Any, *arguments: Any, **named: Any) -> Any:
            if telemetry.is_off():
                return await original(message, *arguments, **named)
            plan, more = telemetry.consumer_of_message(message).plan_of(word, SETTLE, message)
            more = {**(more or {}), **_details(word, arguments, named)}
            operation = telemetry.begin(plan, more, links_to([message]))
            try:
                result = await original(message, *arguments, **named)
            except BaseException as error:
                operation.end(error)
                raise
            operation.end()
            return result

        return settle

    return make


def _details(word: str, arguments: Any, named: dict[str, Any]) -> dict[str, Any]:
    """Give the delay of a `nak`, in seconds; what an `ack_sync` has is a timeout."""
    if word != "nak" or not (arguments or named):
        return {}
    delay = arguments[0] if arguments else named.get("delay")
    return {DELAY: delay} if delay else {}
