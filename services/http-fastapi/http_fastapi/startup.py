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

from http_fastapi import INSTRUMENTATIONS
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
        print(f"http-fastapi: {error}", file=sys.stderr)  # noqa: T201 - there is no logging yet
        raise SystemExit(exit_code) from None


def start_telemetry(settings: Settings) -> Telemetry:
    """Start telemetry and prove the instrumentations; zero-code has started before.

    Raises:
        ConfigurationError: a wrong value in the environment, or an instrumentation that emits nothing.
    """
    if settings.http_instrumentation == "zero-code":
        return adopt()
    telemetry = configure("http-fastapi", service_version=version("http-fastapi"))
    require(*INSTRUMENTATIONS)
    return telemetry
