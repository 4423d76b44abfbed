"""Log records created."""

from opentelemetry.metrics import MeterProvider, Observation
from opentelemetry.sdk._logs import LogRecordProcessor, ReadWriteLogRecord
from opentelemetry.semconv._incubating.metrics.otel_metrics import OTEL_SDK_LOG_CREATED

from otelkit.self_metrics.tallies import SCOPE, Tally


class LogTally(LogRecordProcessor):
    """Counts the log records that are created."""

    def __init__(self, meters: MeterProvider) -> None:
        created = self._created = Tally()
        meters.get_meter(SCOPE).create_observable_counter(
            OTEL_SDK_LOG_CREATED, [lambda _: [Observation(created.value())]], "{log_record}", "Logs created"
        )

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        """Count one."""
        self._created.add()

    def shutdown(self) -> None:
        """Nothing to end."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Nothing waits."""
        return True
