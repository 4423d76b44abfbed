"""What configure() returns: the providers, and their orderly end.

uvicorn re-raises SIGTERM, so `atexit` does not run there: a service calls `shutdown()` in
its ASGI lifespan or a `finally`. `atexit` is only the net for plain scripts.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Thread

from opentelemetry.instrumentation.logging import LoggingInstrumentor
from opentelemetry.sdk.metrics import MeterProvider

from otelkit.openmetrics import OpenMetricsReader
from otelkit.pipelines import Pipelines

SHUTDOWN_SECONDS = 8.0
METRICS_SHARE = 0.25

_log = logging.getLogger(__name__)


@dataclass
class Telemetry:
    """The telemetry of this process; `pipelines` is None when OTEL_SDK_DISABLED=true."""

    pipelines: Pipelines | None
    _ended: bool = False
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def openmetrics(self) -> OpenMetricsReader | None:
        """The page of metrics, when OTEL_METRICS_EXPORTER names `prometheus`; for the service to serve."""
        exporters = self.pipelines.exporters if self.pipelines else ()
        return next((each for each in exporters if isinstance(each, OpenMetricsReader)), None)

    def force_flush(self, timeout_seconds: float = 5.0) -> bool:
        """Export what is finished; True when all of it was accepted in time."""
        if self.pipelines is None:
            return True
        deadline = time.monotonic() + timeout_seconds
        self.pipelines.tracer_provider.force_flush(_millis(deadline))
        self.pipelines.logger_provider.force_flush(_millis(deadline))
        done = [_flush_metrics(self.pipelines.meter_provider, _millis(deadline))]
        done += [exporter.force_flush(_millis(deadline)) for exporter in self.pipelines.exporters]
        return all(done)

    def shutdown(self, timeout_seconds: float = SHUTDOWN_SECONDS) -> None:
        """Export what is left and end, within about `timeout_seconds`; a second call does nothing.

        Traces and logs go first and together, metrics last, because the last metrics count
        what happened to the spans and logs. What no Collector takes in time is counted and logged.
        """
        with self._lock:
            if self._ended:
                return
            self._ended = True
        if LoggingInstrumentor().is_instrumented_by_opentelemetry:
            LoggingInstrumentor().uninstrument()  # or each later log line would warn that export is over
        if self.pipelines is None:
            return
        self._bound_exporters(timeout_seconds * (1 - METRICS_SHARE))
        _together(self.pipelines.tracer_provider.shutdown, self.pipelines.logger_provider.shutdown)
        self._bound_exporters(timeout_seconds * METRICS_SHARE)
        self.pipelines.meter_provider.shutdown()

    def _bound_exporters(self, seconds: float) -> None:
        # The SDK passes no timeout of ours on: BatchSpanProcessor.shutdown() takes none.
        for exporter in self.pipelines.exporters if self.pipelines else ():
            exporter.shutdown_timeout_seconds = seconds


def _flush_metrics(provider: MeterProvider, timeout_millis: int) -> bool:
    try:
        return provider.force_flush(timeout_millis)
    except Exception as error:  # noqa: BLE001 - the SDK raises a bare Exception when time is over
        _log.debug("metrics were not flushed: %s", error)
        return False


def _together(*ends: Callable[[], object]) -> None:
    threads = [Thread(target=end, name="otelkit-shutdown") for end in ends]
    for thread, end in zip(threads, ends, strict=True):
        try:
            thread.start()
        except RuntimeError:  # from Python 3.12 on no thread begins once the interpreter ends
            end()
    for thread in threads:
        if thread.ident is not None:
            thread.join()


def _millis(deadline: float) -> int:
    return max(0, int((deadline - time.monotonic()) * 1000))
