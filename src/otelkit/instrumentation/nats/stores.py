"""Operations on buckets, of keys or objects: one span each, whatever requests and messages they are made of.

What writes is a send, whose context is stored with the message; what reads is a receive, with a link to what
it found. A conflict, or a key that is not there, is the operation's error, as the library raises it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from nats.js.manager import JetStreamManager
from opentelemetry.trace import Span

from otelkit.instrumentation.nats.inner import Reading, Within, outer_operation
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.telemetry import NatsTelemetry


@dataclass(frozen=True, kw_only=True)
class Store:
    """A kind of bucket, and its operations by the library's words."""

    kind: type
    prefix: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    describe: Callable[[str, str], dict[str, Any]]
    """Gives what a span says of a bucket and the key or name in it."""
    note: Callable[[Span, Any], None]
    """Tells a span what came of it."""


def patch_store(patches: Patches, telemetry: NatsTelemetry, store: Store) -> None:
    """Patch the operations of a kind of bucket."""

    def tracing(word: str) -> Callable[[Any], Any]:
        return lambda original: _trace(original, telemetry, store, word)

    for word in (*store.reads, *store.writes):
        patches.replace(store.kind, word, tracing(word))


def patch_reading(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Patch what asks a stream for one message: within the reading of a bucket, that is what was found."""

    def make(original: Callable[..., Any]) -> Any:
        @wraps(original)
        async def get_msg(streams: Any, *arguments: Any, **named: Any) -> Any:
            message = await original(streams, *arguments, **named)
            outer = outer_operation()
            if isinstance(outer, Reading) and telemetry.active:
                outer.find(message.headers)
            return message

        return get_msg

    patches.replace(JetStreamManager, "get_msg", make)


def _trace(original: Callable[..., Any], telemetry: NatsTelemetry, store: Store, word: str) -> Any:
    writes = word in store.writes

    @wraps(original)
    async def run(bucket: Any, *arguments: Any, **named: Any) -> Any:
        if telemetry.is_off() or outer_operation() is not None:
            return await original(bucket, *arguments, **named)
        broker = telemetry.broker_of(bucket.__dict__["_js"].__dict__["_nc"])
        name = bucket.__dict__["_name"]
        plan = broker.store_plan(word, store.prefix + name, writes=writes)
        key = arguments[0] if arguments else named.get("key") or named.get("name")
        operation = telemetry.begin(plan, store.describe(name, key) if isinstance(key, str) else None)
        try:
            with Within(operation if writes else Reading(operation)):
                result = await original(bucket, *arguments, **named)
        except BaseException as error:
            telemetry.end(operation, plan, error)
            raise
        if operation.span.is_recording():
            store.note(operation.span, result)
        telemetry.end(operation, plan)
        return result

    return run
