"""Telemetry first, proven: what service, demo and replay do before they know a broker."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from pydantic import ValidationError
from pydantic_settings import SettingsError

from otelkit import ConfigurationError, Telemetry, configure
from otelkit.doctor import require
from otelkit.instrumentation.aio_pika import AioPikaInstrumentor
from rabbitmq_aio_pika import INSTRUMENTATIONS
from rabbitmq_aio_pika.settings import Settings


@contextmanager
def one_message(telemetry: Telemetry | None = None) -> Iterator[None]:
    """End the process with one message and exit code 1, not a traceback, when it cannot start.

    What was traced until then is exported before.
    """
    try:
        yield
    except (ConfigurationError, SettingsError, ValidationError) as error:
        if telemetry is not None:
            telemetry.shutdown()
        sys.exit(f"rabbitmq-aio-pika: {_explained(error)}")


def _explained(error: Exception) -> str:
    """Which variables are wrong and why; not their values, which may hold passwords."""
    if isinstance(error, SettingsError):  # the one setting that is a list
        return f"{_variable_of(('retry_delays_seconds',))}: a JSON list of seconds is needed, as [1, 5, 30]"
    if not isinstance(error, ValidationError):
        return str(error)
    wrong = error.errors(include_input=False, include_context=False, include_url=False)
    return "; ".join(
        f"{_variable_of(one['loc'])}: {one['msg'].removeprefix('Value error, ')}" for one in wrong
    )


def _variable_of(location: tuple[int | str, ...]) -> str:
    name = str(location[0]) if location else ""
    prefix = Settings.model_config["env_prefix"]
    return f"{prefix}{name.upper()}" if name in Settings.model_fields else name


def start_telemetry(service_name: str = "rabbitmq-aio-pika") -> Telemetry:
    """Configure, instrument, and prove that it works. Raises ConfigurationError."""
    telemetry = configure(service_name, service_version=version("rabbitmq-aio-pika"))
    require(*INSTRUMENTATIONS)
    instrument()
    return telemetry


def instrument() -> None:
    """Instrument aio-pika, once in a process, before there is a connection. Raises ConfigurationError."""
    if AioPikaInstrumentor().is_instrumented_by_opentelemetry:
        return
    try:
        AioPikaInstrumentor().instrument()
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
