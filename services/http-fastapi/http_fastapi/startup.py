"""Telemetry first, proven: what a process of this service does before there is an application.

In each worker of uvicorn, in gunicorn's master before it forks (`preload_app`) or in each of its
workers: configure() is right in all of them, because the SDK renews the resource's instance id and
otelkit its queues and connections in a forked child.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from pydantic import ValidationError

from http_fastapi.instrumentation import probes_of
from http_fastapi.settings import Settings
from otelkit import ConfigurationError, Telemetry, adopt, configure
from otelkit.doctor import require

# uvicorn and gunicorn both take it for a failure that another try would only repeat.
WORKER_CANNOT_START = 3


@contextmanager
def one_message(exit_code: int) -> Iterator[None]:
    """End the process with one message, not a traceback, when a setting is wrong."""
    try:
        yield
    except (ConfigurationError, ValidationError) as error:
        message = _explained(error) if isinstance(error, ValidationError) else error
        print(f"http-fastapi: {message}", file=sys.stderr)  # noqa: T201 - there is no logging yet
        raise SystemExit(exit_code) from None


def _explained(error: ValidationError) -> str:
    """Which variables are wrong and why; not their values, which may hold passwords."""
    wrong = error.errors(include_input=False, include_context=False, include_url=False)
    return "; ".join(f"{_variable_of(one['loc'])}{one['msg'].removeprefix('Value error, ')}" for one in wrong)


def _variable_of(location: tuple[int | str, ...]) -> str:
    if not location:  # a rule between several
        return ""
    name = str(location[0])
    prefix = Settings.model_config["env_prefix"]
    return f"{prefix}{name.upper()}: " if name in Settings.model_fields else f"{name}: "


def start_telemetry(settings: Settings) -> Telemetry:
    """Start telemetry and prove the instrumentations; zero-code has started before.

    Raises:
        ConfigurationError: a wrong value in the environment, or an instrumentation that emits nothing.
    """
    if settings.http_instrumentation == "zero-code":
        return adopt()
    telemetry = configure("http-fastapi", service_version=version("http-fastapi"))
    require(*probes_of(settings.http_instrumentation))
    return telemetry
