"""The side that publishes: a pool of connections, a pool of channels on them, and the watch over alarms.

Nothing connects before it is needed, and nothing waits without a bound.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aio_pika.abc import AbstractChannel, AbstractRobustConnection
from opentelemetry.metrics import Meter

from otelkit import ConfigurationError
from rabbitmq_aio_pika.broker.blocked import BlockedWatch
from rabbitmq_aio_pika.broker.connection import open_connection
from rabbitmq_aio_pika.broker.errors import UnavailableError, broker_errors
from rabbitmq_aio_pika.broker.pool import Pool
from rabbitmq_aio_pika.broker.pool_metrics import PoolMetrics
from rabbitmq_aio_pika.settings import Settings


class PublishingSide:
    """Both pools, open within `opened()`."""

    def __init__(self, settings: Settings, meter: Meter) -> None:
        self._settings = settings
        self.watch = BlockedWatch(meter)
        metrics = PoolMetrics(meter)
        wait = settings.pool_seconds
        self._connections = Pool("connections", self._connect, settings.publish_connections, wait, metrics)
        self.channels = Pool("channels", self._open_channel, settings.publish_channels, wait, metrics)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Lend channels in the block; then close them, and the connections after them."""
        self.watch.start()
        try:
            yield
        finally:
            await self.watch.stop()
            await self.channels.close()
            await self._connections.close()

    async def _connect(self) -> AbstractRobustConnection:
        try:
            connection = await open_connection(self._settings, "publishes")
        except ConfigurationError as error:  # it worked at the start; somebody may set it right again
            raise UnavailableError(str(error)) from error
        self.watch.add(connection)
        return connection

    async def _open_channel(self) -> AbstractChannel:
        with broker_errors("a channel to publish on"):
            async with self._connections.take() as connection:
                async with asyncio.timeout(self._settings.connect_seconds):
                    return await connection.channel(on_return_raises=True)
