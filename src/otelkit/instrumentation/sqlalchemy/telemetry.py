"""What one call of `instrument()` records with: tracer, instruments, settings and findings."""

from collections.abc import Mapping
from typing import Any

from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import TracerProvider, get_tracer

from otelkit.instrumentation.sqlalchemy.findings import Findings
from otelkit.instrumentation.sqlalchemy.instruments import SCHEMA, SCOPE, instruments_of
from otelkit.instrumentation.sqlalchemy.parents import Parents
from otelkit.instrumentation.sqlalchemy.settings import settings_of


class Telemetry:
    """Shared by all engines of one `instrument()`."""

    def __init__(
        self,
        tracer_provider: TracerProvider | None,
        meter_provider: MeterProvider | None,
        settings: Mapping[str, Any],
    ) -> None:
        self.settings = settings_of(settings)
        self.tracer = get_tracer(SCOPE, tracer_provider=tracer_provider, schema_url=SCHEMA)
        self.instruments = instruments_of(meter_provider)
        self.duration, self.pools = self.instruments.duration, self.instruments.pools
        self.parents = Parents()
        self.findings = Findings(self.instruments.findings, self.settings, self.parents)
