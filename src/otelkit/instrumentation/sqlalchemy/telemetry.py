"""What one call of `instrument()` records with: tracer, instruments, settings and findings.

Durations have the boundaries of the conventions (1.44, `db.client.operation.duration`).
"""

from collections.abc import Mapping
from typing import Any

from opentelemetry.metrics import Meter, MeterProvider, get_meter
from opentelemetry.semconv._incubating.metrics.db_metrics import (
    DB_CLIENT_CONNECTION_CREATE_TIME,
    DB_CLIENT_CONNECTION_USE_TIME,
    DB_CLIENT_CONNECTION_WAIT_TIME,
)
from opentelemetry.semconv.metrics.db_metrics import DB_CLIENT_OPERATION_DURATION
from opentelemetry.semconv.schemas import Schemas
from opentelemetry.trace import TracerProvider, get_tracer

from otelkit.instrumentation.sqlalchemy.findings import Findings
from otelkit.instrumentation.sqlalchemy.gathered import Gathered
from otelkit.instrumentation.sqlalchemy.parents import Parents
from otelkit.instrumentation.sqlalchemy.pool import PoolTimes
from otelkit.instrumentation.sqlalchemy.pool_metrics import PoolMetrics
from otelkit.instrumentation.sqlalchemy.settings import settings_of

SCOPE = "otelkit.instrumentation.sqlalchemy"
SCHEMA = Schemas.V1_44_0.value
BOUNDARIES_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)


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
        meter = get_meter(SCOPE, meter_provider=meter_provider, schema_url=SCHEMA)
        self.duration = _seconds(meter, DB_CLIENT_OPERATION_DURATION, "Duration of database operations.")
        times = PoolTimes(
            _seconds(meter, DB_CLIENT_CONNECTION_CREATE_TIME, "The time it took to create a new connection."),
            _seconds(meter, DB_CLIENT_CONNECTION_WAIT_TIME, "The time it took to obtain an open connection."),
            _seconds(meter, DB_CLIENT_CONNECTION_USE_TIME, "The time between borrowing and returning."),
        )
        self._gathered = (self.duration, *times)
        self.parents = Parents()
        self.findings = Findings(meter, self.settings, self.parents)
        self.pools = PoolMetrics(meter, times, self.hand_over)

    def hand_over(self) -> None:
        """Record all durations that were gathered."""
        for gathered in self._gathered:
            gathered.hand_over()


def _seconds(meter: Meter, name: str, description: str) -> Gathered:
    histogram = meter.create_histogram(
        name, "s", description, explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS
    )
    return Gathered(histogram)
