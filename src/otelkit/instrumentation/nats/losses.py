"""A connection that is lost or closed takes the answers to `publish_async` with it: their spans end there.

What was written to a lost connection is not answered by the next one, as nats.go sees it, too
(https://github.com/nats-io/nats.go/pull/1346); what waits in the buffer is sent by that, and answered.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from weakref import WeakSet

from nats.aio.client import Client

from otelkit.instrumentation.nats.acknowledgements import lose
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.telemetry import NatsTelemetry

_STREAMS = "_otelkit_streams"
_PUBLISHES = (b"PUB ", b"HPUB ")


def patch_losses(patches: Patches, _: NatsTelemetry) -> None:
    """Patch what follows the loss of a connection, and what closes one; `drain` does in the end."""
    patches.replace(Client, "_attempt_reconnect", _reconnect)
    patches.replace(Client, "_close", _close)


def sends_through(client: Any, stream_context: Any) -> None:
    """Remember whose futures are a connection's to answer: its subscriptions are gone when it closes."""
    known = client.__dict__
    contexts = known.get(_STREAMS)
    if contexts is None:
        contexts = known[_STREAMS] = WeakSet()
    if stream_context not in contexts:
        contexts.add(stream_context)


def _reconnect(original: Callable[..., Any]) -> Any:
    @wraps(original)
    async def reconnect(client: Any) -> Any:
        lost = _written(client)
        lose(lost)
        await original(client)
        lose(lost)  # whose publish_async was under way until now

    return reconnect


def _close(original: Callable[..., Any]) -> Any:
    @wraps(original)
    async def close(client: Any, *arguments: Any, **named: Any) -> Any:
        try:
            await original(client, *arguments, **named)
        finally:
            lose(_pending(client).values())

    return close


def _pending(client: Any) -> dict[str, Any]:
    """Give what is not answered, by the last token of the inbox that it waits at."""
    pending: dict[str, Any] = {}
    for context in client.__dict__.get(_STREAMS, ()):
        pending.update(context.__dict__["_publish_async_futures"])
    return pending


def _written(client: Any) -> list[Any]:
    pending = _pending(client)
    if pending:
        for command in client.__dict__["_pending"]:
            if command.startswith(_PUBLISHES):
                reply = command.split(b" ", 3)[2]
                pending.pop(reply.rpartition(b".")[2].decode(errors="replace"), None)
    return list(pending.values())
