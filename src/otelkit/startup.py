"""Start-up: one call that makes a process observable.

Reads the standard `OTEL_*` variables, builds the providers, makes them global, and sends
the process's logs to stdout as JSON and over OTLP. Stable HTTP and database conventions and
the SDK's own metrics are on unless the environment says otherwise.
"""

import atexit
import logging
import os

from opentelemetry import _logs, metrics, propagate, trace
from opentelemetry.instrumentation.logging import LoggingInstrumentor

from otelkit.environment import LOG_LEVELS, boolean, one_of, read
from otelkit.errors import ConfigurationError
from otelkit.export import read_encodes_directly
from otelkit.logs import log_to, open_logs
from otelkit.pipelines import Pipelines, build_pipelines
from otelkit.redaction import AllowList
from otelkit.resource import build_resource
from otelkit.selection import propagator
from otelkit.telemetry import Telemetry
from otelkit.variables import check

DEFAULTS = {"OTEL_SEMCONV_STABILITY_OPT_IN": "http,database"}
# Where the SDK's own pipelines run; ours count themselves, for less: see otelkit.self_metrics.
SDK_DEFAULTS = {**DEFAULTS, "OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED": "true"}

_configured: list[tuple[Telemetry, list[logging.Handler]]] = []


def configure(
    service_name: str | None = None,
    *,
    service_version: str | None = None,
    allow: AllowList | None = None,
) -> Telemetry:
    """Make this process observable; call once, before the libraries are instrumented.

    Args:
        service_name: used when neither OTEL_SERVICE_NAME nor OTEL_RESOURCE_ATTRIBUTES names it.
        service_version: likewise, as `service.version`.
        allow: what redaction lets through; by default what the OTELKIT_ALLOW_* variables say.

    Raises:
        ConfigurationError: a wrong value in the environment, or a second call in one process.
    """
    if _configured:
        raise ConfigurationError(
            "configure() was called already in this process: call it once, in main(), and pass its result on"
        )
    check(os.environ)
    for name, value in (DEFAULTS if read_encodes_directly() else SDK_DEFAULTS).items():
        os.environ.setdefault(name, value)
    allow = allow or AllowList.from_environment(os.environ)
    propagators = propagator(os.environ)
    handlers = open_logs(os.environ, allow)
    pipelines = None
    if not read(os.environ, "OTEL_SDK_DISABLED", boolean, False):
        pipelines = build_pipelines(build_resource(service_name, service_version), allow)
    propagate.set_global_textmap(propagators)
    telemetry = Telemetry(pipelines)
    start_logs(handlers)
    _configured.append((telemetry, handlers))
    if pipelines:
        _make_global(pipelines)
    atexit.register(telemetry.shutdown)
    return telemetry


def configured() -> Telemetry | None:
    """What configure() returned in this process, or None before it was called."""
    return _configured[0][0] if _configured else None


def _make_global(pipelines: Pipelines) -> None:
    metrics.set_meter_provider(pipelines.meter_provider)
    trace.set_tracer_provider(pipelines.tracer_provider)
    _logs.set_logger_provider(pipelines.logger_provider)
    LoggingInstrumentor().instrument()


def start_logs(handlers: list[logging.Handler]) -> None:
    """Send every log record of this process to these handlers.

    Raises:
        ConfigurationError: a variable of log levels has a wrong value.
    """
    level = read(os.environ, "OTEL_PYTHON_LOG_LEVEL", one_of(*LOG_LEVELS), "info")
    sdk_level = read(os.environ, "OTEL_LOG_LEVEL", one_of(*LOG_LEVELS), "info")
    logging.getLogger("opentelemetry").setLevel({"warn": "WARNING"}.get(sdk_level, sdk_level.upper()))
    log_to(handlers, level)


def _forget_configuration() -> None:
    """Undo configure() for the next test of the same process."""
    while _configured:
        telemetry, handlers = _configured.pop()
        telemetry.shutdown()
        atexit.unregister(telemetry.shutdown)
        for handler in handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()
