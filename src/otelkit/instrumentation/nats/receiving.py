"""Messages that are asked for one by one: a CLIENT span with a link to the message's creation.

It begins when the message is there, with the time of the asking, so that its link is known to samplers. Who
asks in vain, until a timeout or the task's end, has received nothing: there is no span.
"""

from asyncio import CancelledError
from asyncio import TimeoutError as AsyncioTimeoutError
from collections.abc import Awaitable, Callable
from functools import wraps
from time import time_ns
from typing import Any

from nats.aio.subscription import Subscription

from otelkit.instrumentation.nats.brokers import RECEIVE
from otelkit.instrumentation.nats.inner import outer_operation
from otelkit.instrumentation.nats.messages import links_to
from otelkit.instrumentation.nats.patching import Patches, coroutine_function
from otelkit.instrumentation.nats.telemetry import NatsTelemetry

IN_VAIN = (AsyncioTimeoutError, CancelledError, StopAsyncIteration)


def patch_receiving(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Patch `next_msg`, which a push subscription calls, too."""

    def make(original: Callable[..., Any]) -> Any:
        @wraps(original)
        def next_msg(subscription: Any, timeout: float | None = 1.0) -> Any:
            if outer_operation() is not None or telemetry.is_off():  # `fetch` comes by for each message
                return original(subscription, timeout)
            return receive(telemetry, subscription, "next_msg", lambda: original(subscription, timeout))

        return coroutine_function(next_msg)

    patches.replace(Subscription, "next_msg", make)


def itself(message: Any) -> Any:
    """Give the message of what was received, where that is a message."""
    return message


async def receive(
    telemetry: NatsTelemetry,
    subscription: Any,
    word: str,
    wait: Callable[[], Awaitable[Any]],
    find: Callable[[Any], Any] = itself,
) -> Any:
    """Wait for something of a subscription, and say so, if `find` finds a message in it."""
    start = time_ns()
    try:
        item = await wait()
    except IN_VAIN:
        raise
    except Exception as error:
        plan = telemetry.consumer_of(subscription).plan_of_none(word)
        telemetry.begin(plan, start_nanos=start).end(error)
        raise
    message = find(item)
    if message is not None:
        plan, more = telemetry.consumer_of(subscription).plan_of(word, RECEIVE, message)
        plan.tally.count += 1
        telemetry.begin(plan, more, links_to([message]), start).end()
    return item
