"""The side that consumes: one connection, the topology declared on it, then all who consume from it.

It comes up when the broker does, however long that takes: the service serves requests meanwhile, and the
outbox keeps what they ask for.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from aio_pika.abc import AbstractChannel, AbstractRobustConnection

from otelkit import ConfigurationError
from rabbitmq_aio_pika.broker.connection import open_connection
from rabbitmq_aio_pika.broker.declaring import declare_topology
from rabbitmq_aio_pika.broker.errors import BrokerError, UnavailableError, broker_errors
from rabbitmq_aio_pika.broker.pool import close_in_time
from rabbitmq_aio_pika.settings import Settings

_log = logging.getLogger(__name__)


class Starts(Protocol):
    """Whoever consumes."""

    async def start(self, connection: AbstractRobustConnection) -> None:
        """Raises UnavailableError."""


class ConsumingSide:
    """Up as soon as possible within `opened()`; `is_up` says that the topology stands and all consume."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connection: AbstractRobustConnection | None = None
        self._topology: AbstractChannel | None = None  # kept: it declares again when the connection is back
        self.up = asyncio.Event()

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection now."""
        return self._connection is not None and self._connection.connected.is_set()

    @property
    def connection(self) -> AbstractRobustConnection:
        """The connection. Raises UnavailableError while it is away."""
        if self._connection is None or not self.is_connected:
            raise UnavailableError("the broker is away")
        return self._connection

    @asynccontextmanager
    async def opened(self, consumers: Sequence[Starts]) -> AsyncIterator[None]:
        """Come up in the background; close the connection at the end, when the consumers have stopped."""
        coming = asyncio.create_task(self._come_up(list(consumers)), name="broker")
        try:
            yield
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
            if self._connection is not None:
                await close_in_time(self._connection)

    async def _come_up(self, to_start: list[Starts]) -> None:
        complaint = ""
        while not self.up.is_set():
            try:
                await self._try_to_come_up(to_start)
            except (BrokerError, ConfigurationError) as error:
                if str(error) != complaint:
                    _log.warning("not consuming yet: %s", error, extra={"error.type": type(error).__name__})
                complaint = str(error)
                await asyncio.sleep(self._settings.reconnect_seconds)

    async def _try_to_come_up(self, to_start: list[Starts]) -> None:
        if self._connection is None:
            self._connection = await open_connection(self._settings, "consumes")
        with broker_errors("the topology"):
            async with asyncio.timeout(self._settings.connect_seconds):
                self._topology = await self._connection.channel()
                await declare_topology(self._topology, self._settings)
        while to_start:
            await to_start[0].start(self._connection)
            del to_start[0]
        self.up.set()
        _log.info("consuming")
