"""The broker is asked before the port is opened: it is there, it lets us in, and it has what we need.

Whatever keeps the service from starting is one line that names the place and the remedy.
"""

import asyncio
import time

from nats.errors import Error
from nats.js.errors import APIError, ServiceUnavailableError
from opentelemetry.instrumentation.utils import suppress_instrumentation

from nats_jetstream.connection import Connection, RefusedError
from nats_jetstream.settings import Settings
from nats_jetstream.topology import declare
from otelkit import ConfigurationError

_PAUSE_SECONDS = 0.2
_NOT_FOR_THIS_ACCOUNT = 10039  # "JetStream not enabled for account"


async def prepare_broker(settings: Settings) -> None:
    """Wait for the server, and declare everything on it. Raises ConfigurationError with one line."""
    deadline = time.monotonic() + settings.start_seconds
    connection = Connection(settings)
    await connection.open("nats-jetstream preparation")
    try:
        with suppress_instrumentation():  # waiting for JetStream is no request of anybody's
            await _declare_in_time(connection, settings, deadline)
    finally:
        await connection.close()


async def _declare_in_time(connection: Connection, settings: Settings, deadline: float) -> None:
    while True:
        try:
            await connection.unless_refused(declare(connection.jetstream, settings))
        except RefusedError as error:
            place = settings.place()
            raise ConfigurationError(
                f"NATS at {place} refuses: {error}: give the user of NATS_URL this right"
            ) from None
        except (Error, TimeoutError, OSError) as error:
            # JetStream answers a moment later than the port does.
            starting = isinstance(error, ServiceUnavailableError) and error.err_code != _NOT_FOR_THIS_ACCOUNT
            if not starting or time.monotonic() > deadline:
                raise ConfigurationError(_explain(settings, error)) from error
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            return


def _explain(settings: Settings, error: Exception) -> str:
    place = f"NATS at {settings.place()}"
    if isinstance(error, ServiceUnavailableError):
        return f"{place} has no JetStream: start it with --jetstream, or allow it to the user of NATS_URL"
    if isinstance(error, APIError):
        return f"{place} cannot hold what this service needs: {error.description} (code {error.err_code})"
    return f"{place} does not answer: {error}"
