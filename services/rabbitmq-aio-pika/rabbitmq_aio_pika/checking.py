"""A look at store and broker before the port is opened: what will never work is said at once, in one line.

A broker that is merely away is waited for by the service itself: requests are taken meanwhile.
"""

import logging

from otelkit import ConfigurationError
from rabbitmq_aio_pika.broker.connection import open_connection
from rabbitmq_aio_pika.broker.declaring import declare_topology
from rabbitmq_aio_pika.broker.errors import TopologyError, UnavailableError
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.store.database import open_database

_log = logging.getLogger(__name__)


async def check_start(settings: Settings) -> None:
    """Raises ConfigurationError when the store, the broker or its topology cannot be used."""
    async with open_database(settings.store):
        pass
    try:
        connection = await open_connection(settings, "checks")
        try:
            await declare_topology(await connection.channel(), settings)
        finally:
            await connection.close()
    except TopologyError as error:
        raise ConfigurationError(str(error)) from error
    except UnavailableError as error:
        _log.warning("%s: messages wait in the outbox meanwhile (check RABBITMQ_URL)", error)
