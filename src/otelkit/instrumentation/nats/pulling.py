"""`fetch`: a CLIENT span with links to what was received; then the list that comes back is what is processed.

Who fetches in vain has no span (`receiving`). The span names the stream: what is asked for is a consumer's,
whatever subjects its messages have. Where a batch is processed in one span, that has the links.
"""

from collections.abc import Callable
from functools import wraps
from time import time_ns
from typing import Any

from nats.js.client import JetStreamContext
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MESSAGING_BATCH_MESSAGE_COUNT

from otelkit.instrumentation.nats.fetched import Fetched
from otelkit.instrumentation.nats.inner import QUIET, Within
from otelkit.instrumentation.nats.messages import links_to
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.receiving import IN_VAIN
from otelkit.instrumentation.nats.telemetry import NatsTelemetry


def patch_pulling(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Patch `PullSubscription.fetch`."""

    def make(original: Callable[..., Any]) -> Any:
        @wraps(original)
        async def fetch(
            pull: Any,
            batch: int = 1,
            timeout: float | None = 5,  # noqa: ASYNC109 - the library's
            heartbeat: float | None = None,
            **more: Any,
        ) -> Any:
            if telemetry.is_off():
                return await original(pull, batch, timeout, heartbeat, **more)
            start = time_ns()
            try:
                with Within(QUIET):
                    messages = await original(pull, batch, timeout, heartbeat, **more)
            except IN_VAIN:
                raise
            except Exception as error:
                telemetry.begin(telemetry.pulled_of(pull).fetch, start_nanos=start).end(error)
                raise
            consumer = telemetry.pulled_of(pull)
            links = [] if telemetry.settings.batch == "whole" else links_to(messages)  # the batch has them
            consumer.fetch.tally.count += len(messages)
            size = {MESSAGING_BATCH_MESSAGE_COUNT: len(messages)} if batch > 1 else None
            telemetry.begin(consumer.fetch, size, links, start).end()
            return Fetched(messages, consumer)

        return fetch

    patches.replace(JetStreamContext.PullSubscription, "fetch", make)
