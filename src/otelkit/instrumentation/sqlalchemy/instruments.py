"""The instruments of one meter provider, shared by all calls of `instrument()` that name it.

A second observable of the same name would never be asked. Durations have the boundaries of the conventions
(1.44, `db.client.operation.duration`).
"""

from weakref import WeakKeyDictionary

from opentelemetry.metrics import Meter, MeterProvider, get_meter, get_meter_provider
from opentelemetry.semconv._incubating.metrics.db_metrics import (
    DB_CLIENT_CONNECTION_CREATE_TIME,
    DB_CLIENT_CONNECTION_USE_TIME,
    DB_CLIENT_CONNECTION_WAIT_TIME,
)
from opentelemetry.semconv.metrics.db_metrics import DB_CLIENT_OPERATION_DURATION
from opentelemetry.semconv.schemas import Schemas

from otelkit.instrumentation.gathered import Gathered
from otelkit.instrumentation.sqlalchemy.pool import PoolTimes
from otelkit.instrumentation.sqlalchemy.pool_metrics import PoolMetrics

SCOPE = "otelkit.instrumentation.sqlalchemy"
SCHEMA = Schemas.V1_44_0.value
BOUNDARIES_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
FINDINGS = "otelkit.db.findings"


class Instruments:
    """Histograms, the counter of findings and the metrics of pools."""

    def __init__(self, meter: Meter) -> None:
        self.duration = _seconds(meter, DB_CLIENT_OPERATION_DURATION, "Duration of database operations.")
        times = PoolTimes(
            _seconds(meter, DB_CLIENT_CONNECTION_CREATE_TIME, "The time it took to create a new connection."),
            _seconds(meter, DB_CLIENT_CONNECTION_WAIT_TIME, "The time it took to obtain an open connection."),
            _seconds(meter, DB_CLIENT_CONNECTION_USE_TIME, "The time between borrowing and returning."),
        )
        self._gathered = (self.duration, *times)
        self.findings = meter.create_counter(
            FINDINGS, unit="{finding}", description="Problems found in how the database is used."
        )
        self.pools = PoolMetrics(meter, times, self.hand_over)

    def hand_over(self) -> None:
        """Record all durations that were gathered."""
        for gathered in self._gathered:
            gathered.hand_over()


_OF_PROVIDERS: WeakKeyDictionary[MeterProvider, Instruments] = WeakKeyDictionary()


def instruments_of(provider: MeterProvider | None) -> Instruments:
    """Give the instruments of a meter provider, by default of the global one."""
    provider = provider or get_meter_provider()
    found = _OF_PROVIDERS.get(provider)
    if found is None:
        found = Instruments(get_meter(SCOPE, meter_provider=provider, schema_url=SCHEMA))
        _OF_PROVIDERS[provider] = found
    return found


def _seconds(meter: Meter, name: str, description: str) -> Gathered:
    histogram = meter.create_histogram(
        name, "s", description, explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS
    )
    return Gathered(histogram)
