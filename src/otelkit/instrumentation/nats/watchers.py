"""Watching a bucket: in `async for update in watcher` each update is processed in a span of its own.

The library's callback turns messages into entries; each entry keeps what its processing needs of its message,
whose context is that of who put the value. The marker None, and loops within the library, are no updates of
the application's.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nats.js.api import ObjectInfo
from nats.js.kv import KeyValue
from nats.js.object_store import ObjectStore

from otelkit.instrumentation.nats.inner import outer_operation
from otelkit.instrumentation.nats.loops import Loop
from otelkit.instrumentation.nats.messages import keep_message, message_of
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.receiving import receive
from otelkit.instrumentation.nats.telemetry import NatsTelemetry


def patch_watchers(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Patch watchers, and what they give."""
    for entry in (KeyValue.Entry, ObjectInfo):
        patches.replace(entry, "__init__", _keep)
        patches.add(entry, "otelkit_message", None)  # of those that are made otherwise
    for watcher in (KeyValue.KeyWatcher, ObjectStore.ObjectWatcher):
        patches.replace(watcher, "__aiter__", lambda original: _loop(original, telemetry))
        patches.replace(watcher, "updates", lambda original: _updates(original, telemetry))


def _keep(original: Callable[..., None]) -> Any:
    @wraps(original)
    def init(entry: Any, *arguments: Any, **named: Any) -> None:
        original(entry, *arguments, **named)
        keep_message(entry)

    return init


def _loop(original: Callable[..., Any], telemetry: NatsTelemetry) -> Any:
    @wraps(original)
    def begin(watcher: Any) -> Any:
        if outer_operation() is not None:
            return original(watcher)
        return Loop(telemetry, watcher.__dict__["_sub"], watcher.__anext__, message_of)

    return begin


def _updates(original: Callable[..., Any], telemetry: NatsTelemetry) -> Any:
    @wraps(original)
    async def updates(watcher: Any, timeout: float = 5.0) -> Any:  # noqa: ASYNC109 - the library's
        if outer_operation() is not None or telemetry.is_off():
            return await original(watcher, timeout)
        subscription = watcher.__dict__["_sub"]
        return await receive(
            telemetry, subscription, "updates", lambda: original(watcher, timeout), message_of
        )

    return updates
