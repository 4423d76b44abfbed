"""Connections: one kind publishes, one consumes, because an alarm of the broker stops whoever publishes.

A connection that published during an alarm is not read any more, acknowledgements included: a consumer that
shares it cannot get rid of messages, which is what the broker needs. Connections are robust: what was opened
on them is opened again. What was under way is not: it fails, and whoever began it begins again.
"""

import aio_pika
from aio_pika.abc import AbstractRobustConnection
from aio_pika.exceptions import (
    AMQPConnectionError,
    AuthenticationError,
    InvalidFrameError,
    ProbableAuthenticationError,
)

from otelkit import ConfigurationError
from rabbitmq_aio_pika.broker.address import place_of
from rabbitmq_aio_pika.broker.decoding import survive_undecodable
from rabbitmq_aio_pika.broker.errors import LOST, UnavailableError, reason_of
from rabbitmq_aio_pika.settings import Settings

_REFUSALS = (AuthenticationError, ProbableAuthenticationError)


async def open_connection(settings: Settings, purpose: str) -> AbstractRobustConnection:
    """Connect once; from then on the connection comes back by itself, every `reconnect_seconds`.

    Raises:
        ConfigurationError: the broker answers, but will never let us in.
        UnavailableError: it does not answer; ask again.
    """
    survive_undecodable()
    url = settings.rabbitmq_url.get_secret_value()
    try:
        return await aio_pika.connect_robust(
            url,
            timeout=settings.connect_seconds,
            reconnect_interval=settings.reconnect_seconds,
            heartbeat=settings.heartbeat_seconds,
            client_properties={"connection_name": f"rabbitmq-aio-pika {purpose}"},
        )
    except _REFUSALS as error:
        raise ConfigurationError(f"{place_of(url)} refuses us: {error} (check RABBITMQ_URL)") from error
    except InvalidFrameError as error:
        # What aiormq makes of "no such virtual host" and "not for this user": the broker's words are lost.
        reason = "there is no such virtual host, or not for this user"
        raise ConfigurationError(f"{place_of(url)} refuses us: {reason} (check RABBITMQ_URL)") from error
    except (*LOST, AMQPConnectionError) as error:
        raise UnavailableError(f"{place_of(url)} does not answer: {reason_of(error)}") from error
