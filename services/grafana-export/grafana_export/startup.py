"""Telemetry first, proven: what service and smoke test do before anything else."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from pydantic import ValidationError

from grafana_export import INSTRUMENTATIONS
from grafana_export.cloud import sending_variables
from grafana_export.secrecy import keep_out_of_logs
from grafana_export.settings import Settings
from otelkit import ConfigurationError, Telemetry, configure
from otelkit.doctor import require


@contextmanager
def one_message() -> Iterator[None]:
    """End the process with one message and exit code 1, not a traceback, when it cannot start."""
    try:
        yield
    except (ConfigurationError, ValidationError) as error:
        message = _explained(error) if isinstance(error, ValidationError) else error
        sys.exit(f"grafana-export: {message}")


def _explained(error: ValidationError) -> str:
    """Which variables are wrong and why; not their values, which may hold tokens."""
    wrong = error.errors(include_input=False, include_context=False, include_url=False)
    return "; ".join(f"{_variable_of(one['loc'])}{one['msg'].removeprefix('Value error, ')}" for one in wrong)


def _variable_of(location: tuple[int | str, ...]) -> str:
    if not location:  # a rule between several
        return ""
    name = str(location[0])
    prefix = Settings.model_config["env_prefix"]
    return f"{prefix}{name.upper()}: " if name in Settings.model_fields else f"{name}: "


def start_telemetry(settings: Settings) -> Telemetry:
    """Configure, to Grafana Cloud if it is given, and prove that it works. Raises ConfigurationError."""
    os.environ.update(sending_variables(settings, os.environ))
    keep_out_of_logs(settings)
    telemetry = configure("grafana-export", service_version=version("grafana-export"))
    require(*INSTRUMENTATIONS)
    return telemetry
