"""Take over the providers that zero-code start-up made, so that the application can end them in time.

opentelemetry-instrument ends its providers in `atexit`, which does not run when uvicorn re-raises
SIGTERM: what waits in their queues would be lost. Nor does it say that it failed: it logs a traceback
and starts the program without telemetry.
"""

import os

from opentelemetry import _logs, metrics, trace
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider

from otelkit.environment import boolean, read
from otelkit.errors import ConfigurationError
from otelkit.logs import open_logs
from otelkit.pipelines import Pipelines
from otelkit.redaction import AllowList
from otelkit.startup import configured, start_logs
from otelkit.telemetry import Telemetry
from otelkit.zero_code.exporters import alive
from otelkit.zero_code.forking import CollectionGuard

_guards: list[CollectionGuard] = []  # kept as long as the process


def adopt() -> Telemetry:
    """Give the telemetry that runs in this process already, whoever started it; call once, in main().

    Logs go to stdout as JSON as with configure(), since zero-code start-up leaves logging alone, and
    Python's default keeps back what is below a warning.

    Raises:
        ConfigurationError: there is none.
    """
    if (ours := configured()) is not None:
        return ours
    handlers = open_logs(os.environ, AllowList.from_environment(os.environ))
    if read(os.environ, "OTEL_SDK_DISABLED", boolean, False):
        start_logs(handlers)
        return Telemetry(None)
    tracers, meters, loggers = (
        trace.get_tracer_provider(),
        metrics.get_meter_provider(),
        _logs.get_logger_provider(),
    )
    if (
        isinstance(tracers, TracerProvider)
        and isinstance(meters, MeterProvider)
        and isinstance(loggers, LoggerProvider)
    ):
        start_logs(handlers)
        _guards.append(CollectionGuard(meters))
        return Telemetry(Pipelines(tracers, meters, loggers, tuple(alive)))
    raise ConfigurationError(
        "no telemetry runs in this process: start it with opentelemetry-instrument, and with OTEL_CONFIG_FILE"
        " or OTEL_PYTHON_CONFIGURATOR=otelkit; if so, the traceback above says why it did not start"
    )
