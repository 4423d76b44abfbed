"""What can be set: by arguments of `instrument()`, else by environment variables."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import TracerProvider

# Probes and tools, not the service's work; and the exporter, whose calls would make spans to export.
EXCLUDED = ("grpc.health.", "grpc.reflection.", "opentelemetry.proto.collector.")


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options of both sides.

    Args:
        tracer_provider: by default the global one.
        meter_provider: likewise.
        excluded: beginnings of `package.Service/Method` that get no telemetry; OTELKIT_GRPC_EXCLUDED, with
            commas; by default EXCLUDED.
        message_events: one event on the span for each message; OTELKIT_GRPC_MESSAGE_EVENTS=true.
        baggage_hosts: hosts that a client sends baggage to; by default what OTELKIT_BAGGAGE_HOSTS names.
    """

    tracer_provider: TracerProvider | None = None
    meter_provider: MeterProvider | None = None
    excluded: Iterable[str] | None = None
    message_events: bool | None = None
    baggage_hosts: Iterable[str] | None = None

    def excluded_beginnings(self) -> tuple[str, ...]:
        """Give them without slash or blanks."""
        named = self.excluded
        if named is None:
            named = os.environ.get("OTELKIT_GRPC_EXCLUDED", ",".join(EXCLUDED)).split(",")
        return tuple(name.strip().lstrip("/") for name in named if name.strip())

    def wants_message_events(self) -> bool:
        """Whether each message is an event."""
        if self.message_events is None:
            return os.environ.get("OTELKIT_GRPC_MESSAGE_EVENTS", "").strip().lower() == "true"
        return self.message_events
