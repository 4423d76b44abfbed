"""Slow consumers: messages that the client drops because a subscription is full are counted, and an event.

Core NATS leaves no other trace of them. Each is counted; the event, a log record with a name, comes with the
first, and then once in a while, with the number since the one before. Counted where the library makes the
error that it hands to `error_cb`.
"""

import logging
from collections.abc import Callable
from functools import wraps
from time import monotonic
from types import SimpleNamespace
from typing import Any

from nats.errors import SlowConsumerError
from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MESSAGING_OPERATION_NAME,
    MESSAGING_OPERATION_TYPE,
)
from opentelemetry.semconv.attributes.otel_attributes import OTEL_EVENT_NAME

from otelkit.instrumentation.nats.consumers import PROCESS
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.telemetry import NatsTelemetry

EVENT = "otelkit.nats.slow_consumer"
DROPPED = f"{EVENT}.dropped"
SECONDS_BETWEEN_LINES = 10.0
_DROPS = "_otelkit_drops"
_OPERATION = {MESSAGING_OPERATION_NAME, MESSAGING_OPERATION_TYPE}
_LINE = "Slow consumer: dropped %d message(s), the last of %s; take them faster, or raise pending_msgs_limit"
_log = logging.getLogger(__name__)


def patch_slow_consumers(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Patch the error that is made for each message that is dropped."""
    counts = telemetry.instruments.tallies(DROPPED, "Messages dropped because a subscription was full.")

    def make(original: Callable[..., None]) -> Any:
        @wraps(original)
        def init(error: Any, subject: str, reply: str, sid: int, sub: Any) -> None:
            original(error, subject, reply, sid, sub)
            if telemetry.active:
                attributes = _attributes_of(telemetry, subject, reply, sub)
                counts.of(attributes).count += 1
                sub.__dict__.setdefault(_DROPS, _Drops()).tell(attributes, subject)

        return init

    patches.replace(SlowConsumerError, "__init__", make)


def _attributes_of(telemetry: NatsTelemetry, subject: str, reply: str, subscription: Any) -> dict[str, Any]:
    message = SimpleNamespace(subject=subject, reply=reply, headers=None)
    plan, _ = telemetry.consumer_of(subscription).plan_of("process", PROCESS, message)
    return {name: value for name, value in plan.metric.items() if name not in _OPERATION}


class _Drops:
    """What one subscription has dropped since the log was told."""

    def __init__(self) -> None:
        self._count, self._next_line = 0, 0.0

    def tell(self, attributes: dict[str, Any], subject: str) -> None:
        """Note one more; tell the log, unless it was told a moment ago."""
        self._count += 1
        now = monotonic()
        if now >= self._next_line:
            extra = {**attributes, OTEL_EVENT_NAME: EVENT, DROPPED: self._count}
            _log.warning(_LINE, self._count, subject, extra=extra)
            self._count, self._next_line = 0, now + SECONDS_BETWEEN_LINES
