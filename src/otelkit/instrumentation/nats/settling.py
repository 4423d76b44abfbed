"""Acknowledgements: by setting an event of the process span, a CLIENT span of their own, or nothing.

The server answers `ack_sync` alone; of the others a span says when they were handed to the connection. Events
have the library's words: `ack`, `ack_sync`, `nak`, `term`, `in_progress`. One that fails says so; whether the
processing has failed too, its own exception tells. Convention: "Messaging spans" (1.44), settle.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nats.aio.msg import Msg
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from otelkit.instrumentation.messaging.operations import name_of
from otelkit.instrumentation.nats.consumers import SETTLE
from otelkit.instrumentation.nats.messages import links_to, processing_of
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.telemetry import NatsTelemetry
from otelkit.instrumentation.nats.vocabulary import DELAY

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
            try:
                result = await original(message, *arguments, **named)
            except BaseException as error:
                details = {**_details(word, arguments, named), ERROR_TYPE: name_of(error)}
                if (operation := processing_of(message)) is not None:
                    operation.span.add_event(word, details)
                raise
            if (operation := processing_of(message)) is not None:
                operation.span.add_event(word, _details(word, arguments, named))
            return result

        return settle

    return make


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
    return {DELAY: arguments[0] if arguments else named["delay"]}
