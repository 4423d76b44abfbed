"""Telemetry first, proven, before there is a connection: what the service and its tools start with."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from pydantic import ValidationError

from nats_jetstream import INSTRUMENTATIONS
from nats_jetstream.settings import PREFIX
from otelkit import ConfigurationError, Telemetry, configure
from otelkit.doctor import require
from otelkit.instrumentation.nats import NatsInstrumentor

NAME = "nats-jetstream"
_OTHER_NAMES = {"nats_url": "NATS_URL"}
_SECRETS = {"NATS_URL"}


@contextmanager
def one_message(telemetry: Telemetry | None = None) -> Iterator[None]:
    """End the process with one message and exit code 1, not a traceback, when it cannot start.

    What was traced until then is exported before.
    """
    try:
        yield
    except (ConfigurationError, ValidationError) as error:
        if telemetry is not None:
            telemetry.shutdown()
        said = wrong_settings(error) if isinstance(error, ValidationError) else str(error)
        sys.exit(f"{NAME}: {said}")


def wrong_settings(error: ValidationError) -> str:
    """Name each variable that is wrong, with its value unless that may hold a password."""
    lines = []
    for one in error.errors():
        field = str(one["loc"][0]) if one["loc"] else ""
        variable = _OTHER_NAMES.get(field.lower(), field if field.isupper() else PREFIX + field.upper())
        value = "" if variable in _SECRETS else f"={one['input']}"
        lines.append(f"{variable}{value}: {one['msg'].removeprefix('Value error, ')}")
    return "\n".join(lines)


def start_telemetry(service_name: str = NAME) -> Telemetry:
    """Configure, instrument, and prove that it works. Raises ConfigurationError."""
    telemetry = configure(service_name, service_version=version(NAME))
    require(*INSTRUMENTATIONS)
    try:
        NatsInstrumentor().instrument()  # every client; there is none yet
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    return telemetry
