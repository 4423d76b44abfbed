"""Telemetry first, proven: what a process of this project does before there is a server or a channel."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from pydantic import ValidationError

from grpc_four_modes import INSTRUMENTATIONS
from otelkit import ConfigurationError, Telemetry, configure
from otelkit.doctor import require
from otelkit.instrumentation.grpc_aio import GrpcAioInstrumentor
from otelkit.instrumentation.grpc_sync import GrpcSyncInstrumentor


@contextmanager
def one_message() -> Iterator[None]:
    """End the process with one message, not a traceback, when a setting is wrong."""
    try:
        yield
    except (ConfigurationError, ValidationError, OSError) as error:
        print(f"grpc-four-modes: {error}", file=sys.stderr)  # noqa: T201 - there may be no logging yet
        raise SystemExit(1) from None


def start_telemetry(service_name: str) -> Telemetry:
    """Start telemetry, prove the instrumentations and instrument all channels and servers.

    Raises:
        ConfigurationError: a wrong value in the environment, or an instrumentation that emits nothing.
    """
    telemetry = configure(service_name, service_version=version("grpc-four-modes"))
    require(*INSTRUMENTATIONS)
    instrument()
    return telemetry


def instrument() -> None:
    """Instrument grpc, asyncio and sync; once in a process."""
    for instrumentor in (GrpcAioInstrumentor(), GrpcSyncInstrumentor()):
        if not instrumentor.is_instrumented_by_opentelemetry:
            instrumentor.instrument()
