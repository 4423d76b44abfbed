"""Telemetry first, proven, before there is a connection: what the operator and its demo start with."""

import gc
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

import aiohttp
from pydantic import ValidationError

from k8s_operator import INSTRUMENTATIONS
from k8s_operator.client import ApiError
from k8s_operator.cluster import NoClusterError
from otelkit import ConfigurationError, Telemetry, configure
from otelkit.doctor import require
from otelkit.instrumentation.httpx2 import Httpx2Instrumentor
from otelkit.instrumentation.kopf import KopfInstrumentor
from otelkit.instrumentation.kubernetes_aio import KubernetesAioInstrumentor


class NotInstalledError(Exception):
    """The cluster does not know MyApps."""


EXPECTED = (
    ConfigurationError,
    ValidationError,
    OSError,
    NoClusterError,
    NotInstalledError,
    ApiError,
    aiohttp.ClientError,
)


@contextmanager
def one_message() -> Iterator[None]:
    """End the process with one message and exit code 1, not a traceback, when it cannot start."""
    try:
        yield
    except EXPECTED as error:
        print(f"k8s-operator: {error}", file=sys.stderr)  # noqa: T201 - there may be no logging yet
        raise SystemExit(1) from None


def start_telemetry(service_name: str = "k8s-operator") -> Telemetry:
    """Configure, prove the instrumentations and instrument. Raises ConfigurationError."""
    telemetry = configure(service_name, service_version=version("k8s-operator"))
    logging.getLogger("kopf").setLevel(logging.WARNING)  # at INFO it says of each event that it was looked at
    require(*INSTRUMENTATIONS)
    instrument()
    return telemetry


def instrument() -> None:
    """Instrument kopf and both clients; once in a process."""
    for instrumentor in (Httpx2Instrumentor(), KopfInstrumentor(), KubernetesAioInstrumentor()):
        if not instrumentor.is_instrumented_by_opentelemetry:
            instrumentor.instrument()


def spare_collector() -> None:
    """Take what is there out of the garbage collector's sight; once, when all is imported.

    Modules are some 100,000 objects that never go. A full collection would look at each of them, and no event
    is answered meanwhile (https://docs.python.org/3/library/gc.html#gc.freeze).
    """
    gc.collect()
    gc.freeze()
