"""Instruments nats-py: core, JetStream, key-value, object store and micro services.

    NatsInstrumentor().instrument()     # connections and subscriptions made before or after

Convention: semantic conventions 1.44, "Messaging spans" and "Messaging metrics"; its system is `nats`.
Settings: `settings.py`; docs/nats.md tells which operation has which span, and what is not seen.
"""

from collections.abc import Collection
from typing import Any

from opentelemetry.instrumentation.instrumentor import (  # type: ignore[attr-defined]  # untyped module
    BaseInstrumentor,
)
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import TracerProvider

from otelkit.instrumentation.messaging import read_settings
from otelkit.instrumentation.nats.callbacks import patch_callbacks
from otelkit.instrumentation.nats.key_values import patch_key_values
from otelkit.instrumentation.nats.loops import patch_loops
from otelkit.instrumentation.nats.losses import patch_losses
from otelkit.instrumentation.nats.objects import patch_objects
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.processing import Active, processing, processing_all
from otelkit.instrumentation.nats.publisher import patch_publisher
from otelkit.instrumentation.nats.pulling import patch_pulling
from otelkit.instrumentation.nats.receiving import patch_receiving
from otelkit.instrumentation.nats.services import patch_services
from otelkit.instrumentation.nats.settings import PREFIX, NatsSettings
from otelkit.instrumentation.nats.settling import patch_settling
from otelkit.instrumentation.nats.slow_consumers import patch_slow_consumers
from otelkit.instrumentation.nats.streams import patch_streams
from otelkit.instrumentation.nats.telemetry import NatsTelemetry
from otelkit.instrumentation.nats.unprocessing import unprocessed
from otelkit.instrumentation.nats.watchers import patch_watchers

__all__ = ["NatsInstrumentor", "processing", "processing_all", "unprocessed"]

DEPENDENCIES = ("nats-py >= 2.16, < 3",)
_PATCHES = (
    patch_publisher,
    patch_streams,
    patch_losses,
    patch_callbacks,
    patch_loops,
    patch_receiving,
    patch_pulling,
    patch_settling,
    patch_key_values,
    patch_objects,
    patch_watchers,
    patch_services,
    patch_slow_consumers,
)


class NatsInstrumentor(BaseInstrumentor):  # type: ignore[misc]  # untyped base
    """One for the process, as all instrumentors."""

    def instrumentation_dependencies(self) -> Collection[str]:
        """Versions of nats-py that this works with; others are refused, with a log line."""
        return DEPENDENCIES

    def _instrument(self, **arguments: Any) -> None:
        telemetry = _telemetry(**arguments)
        self._patches = Patches()
        for patch in _PATCHES:
            patch(self._patches, telemetry)
        self._telemetry, self._before = telemetry, Active.telemetry
        Active.telemetry = telemetry

    def _uninstrument(self, **_: Any) -> None:
        self._patches.restore()
        self._telemetry.active = False
        if Active.telemetry is self._telemetry:
            Active.telemetry = self._before


def _telemetry(
    *,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
    **settings: Any,
) -> NatsTelemetry:
    """Sort the arguments of `instrument()`."""
    return NatsTelemetry(read_settings(NatsSettings, PREFIX, settings), tracer_provider, meter_provider)
