"""Telemetry first, proven: what the service does before there is an application.

One OpenTelemetry decision: who sends is detected, not typed. Host, process and container come from resource
detectors, the version from the package, the environment from OTEL_RESOURCE_ATTRIBUTES; the Collector makes
Datadog's `env`, `service`, `version`, host and container tags of them.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry.sdk.environment_variables import OTEL_EXPERIMENTAL_RESOURCE_DETECTORS
from pydantic import ValidationError

from datadog_export import INSTRUMENTATIONS
from datadog_export.settings import Settings
from otelkit import ConfigurationError, Telemetry, configure
from otelkit.doctor import require
from otelkit.instrumentation.httpx2 import Httpx2Instrumentor
from otelkit.instrumentation.runtime import RuntimeInstrumentor
from otelkit.instrumentation.sqlalchemy import SQLAlchemyInstrumentor

DETECTORS = "shop_container,process,host,os"


@contextmanager
def one_message() -> Iterator[None]:
    """End the process with one message and exit code 1, not a traceback, when it cannot start."""
    try:
        yield
    except (ConfigurationError, ValidationError) as error:
        message = _explained(error) if isinstance(error, ValidationError) else error
        sys.exit(f"datadog-export: {message}")


def _explained(error: ValidationError) -> str:
    """Which variables are wrong and why; not their values, which may hold passwords."""
    prefix = Settings.model_config["env_prefix"]
    wrong = error.errors(include_input=False, include_context=False, include_url=False)
    return "; ".join(f"{prefix}{str(one['loc'][0]).upper()}: {one['msg']}" for one in wrong)


def start_telemetry() -> Telemetry:
    """Configure, prove that it works, and instrument. Raises ConfigurationError."""
    os.environ.setdefault(OTEL_EXPERIMENTAL_RESOURCE_DETECTORS, DETECTORS)
    telemetry = configure("datadog-export", service_version=version("datadog-export"))
    require(*INSTRUMENTATIONS)
    for instrumentor in (Httpx2Instrumentor(), RuntimeInstrumentor(), SQLAlchemyInstrumentor()):
        if not instrumentor.is_instrumented_by_opentelemetry:
            instrumentor.instrument()
    return telemetry
