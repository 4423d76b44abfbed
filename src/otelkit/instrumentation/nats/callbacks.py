"""Callbacks of subscriptions: a process span for each message, its context current while the callback runs.

`Subscription._cb` becomes a property, which the library's loop asks before each message: subscriptions that
were made before are seen, and after `uninstrument()` they have their callback back. What a callback raises
goes to the connection's `error_cb`; the span is where it is recorded.
"""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from itertools import count
from typing import Any

from nats.aio.subscription import Subscription
from opentelemetry import trace
from opentelemetry.metrics import _internal as metrics

from otelkit.instrumentation.messaging.scopes import attach, detach
from otelkit.instrumentation.nats.consumers import PROCESS
from otelkit.instrumentation.nats.messages import remember
from otelkit.instrumentation.nats.own_callbacks import is_librarys, without_span
from otelkit.instrumentation.nats.patching import Patches, coroutine_function
from otelkit.instrumentation.nats.telemetry import NatsTelemetry

UNPROCESSED = "_otelkit_unprocessed"
"""The mark of a callback that only hands its messages on."""
_CALLBACK, _TRACED = "_cb", "_otelkit_traced"
_numbers = count()


def patch_callbacks(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Stand before the callback of every subscription."""
    key = f"{_TRACED}_{next(_numbers)}"  # this instrumentation's own, whoever came before

    def find(subscription: Any) -> Any:
        return subscription.__dict__.get(key) or make(subscription)

    def make(subscription: Any) -> Any:
        callback = subscription.__dict__.get(_CALLBACK)
        if callback is not None:
            callback = subscription.__dict__[key] = _trace(telemetry, subscription, callback)
        return callback

    def keep(subscription: Any, callback: Any) -> None:
        # A push subscription takes it from the one beneath, and would have it traced twice.
        subscription.__dict__[_CALLBACK] = getattr(callback, _TRACED, callback)
        subscription.__dict__.pop(key, None)

    patches.add(Subscription, _CALLBACK, property(find, keep))


def _trace(telemetry: NatsTelemetry, subscription: Any, callback: Any) -> Any:
    if not iscoroutinefunction(callback) and not iscoroutinefunction(getattr(callback, "func", None)):
        return callback  # the library refuses it
    if is_librarys(callback):
        run = without_span(callback)
    else:
        make = _count if hasattr(callback, UNPROCESSED) else _process
        run = make(telemetry, subscription, callback)
    if run is not callback:
        setattr(run, _TRACED, callback)
    return run


def _process(telemetry: NatsTelemetry, subscription: Any, callback: Callable[..., Any]) -> Any:
    async def process(message: Any) -> None:
        operation, plan = telemetry.consumer_of(subscription).begin_process(message)
        plan.tally.count += 1
        remember(message, operation)
        token = attach(operation.context)
        try:
            await callback(message)
        except BaseException as error:
            detach(token)
            operation.note(error)
            if not operation.is_taken:
                operation.end()
            raise
        detach(token)
        if not operation.is_taken:  # by a block in a task that goes on
            operation.end()

    idle = telemetry.is_idle

    # No coroutine about the application's where there is nobody to tell.
    @wraps(callback)
    def run(message: Any) -> Any:
        headers = message.headers
        if (
            idle.tracers is trace._TRACER_PROVIDER  # noqa: SLF001 - see Idleness
            and idle.meters is metrics._METER_PROVIDER  # noqa: SLF001 - likewise
            and not headers
        ) or telemetry.is_deaf_to(headers):
            return callback(message)
        return process(message)

    run.func = callback  # type: ignore[attr-defined]  # what nats-py looks at in a partial
    return coroutine_function(run)


def _count(telemetry: NatsTelemetry, subscription: Any, callback: Callable[..., Any]) -> Any:
    @wraps(callback)
    async def run(message: Any) -> None:
        if telemetry.active:
            plan, _ = telemetry.consumer_of(subscription).plan_of("process", PROCESS, message)
            plan.tally.count += 1
        await callback(message)

    return run
