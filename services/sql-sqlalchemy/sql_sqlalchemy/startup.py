"""Telemetry first, proven, before there is an engine: what the service and its scenarios start with."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from pydantic import ValidationError

from otelkit import ConfigurationError, Telemetry, configure
from otelkit.doctor import require
from otelkit.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from sql_sqlalchemy import INSTRUMENTATIONS


@contextmanager
def one_message(telemetry: Telemetry | None = None) -> Iterator[None]:
    """End the process with one message and exit code 1, not a traceback, when it cannot start.

    What was traced until then, a migration that failed for one, is exported before.
    """
    try:
        yield
    except (ConfigurationError, ValidationError) as error:
        if telemetry is not None:
            telemetry.shutdown()
        sys.exit(f"sql-sqlalchemy: {error}")


def start_telemetry() -> Telemetry:
    """Configure, instrument, and prove that it works. Raises ConfigurationError."""
    telemetry = configure("sql-sqlalchemy", service_version=version("sql-sqlalchemy"))
    require(*INSTRUMENTATIONS)
    try:
        SQLAlchemyInstrumentor().instrument()  # every engine; there is none yet
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    return telemetry
