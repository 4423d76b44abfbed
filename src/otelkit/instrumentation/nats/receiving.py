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

from otelkit.instrumentation.nats.inner import outer_operation
from otelkit.instrumentation.nats.messages import links_to
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.telemetry import NatsTelemetry

IN_VAIN = (AsyncioTimeoutError, CancelledError, StopAsyncIteration)


def patch_receiving(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Patch `next_msg`, which a push subscription calls, too."""

    def make(original: Callable[..., Any]) -> Any:
        @wraps(original)
        async def next_msg(subscription: Any, timeout: float | None = 1.0) -> Any:  # noqa: ASYNC109 - the library's
            if outer_operation() is not None or telemetry.is_off():
                return await original(subscription, timeout)
            return await receive(telemetry, subscription, lambda: original(subscription, timeout))

        return next_msg

    patches.replace(Subscription, "next_msg", make)


async def receive(telemetry: NatsTelemetry, subscription: Any, wait: Callable[[], Awaitable[Any]]) -> Any:
    """Wait for one message of a subscription, and say so."""
    start = time_ns()
    try:
        message = await wait()
    except IN_VAIN:
        raise
    except Exception as error:
        plan = telemetry.consumer_of(subscription).fail_to_receive()
        telemetry.begin(plan, start_nanos=start).end(error)
        raise
    plan, more = telemetry.consumer_of(subscription).receive(message)
    plan.tally.count += 1
    telemetry.begin(plan, more, links_to([message]), start).end()
    return message
