"""The one place that connects: it waits for a server, comes back after an outage, and drains at the end.

What is published while the server is away waits in a buffer; a publish with acknowledgement waits for that
as long as its caller does. The client never gives up by itself, except where the server closes for good.
"""

import asyncio
import logging
from contextlib import suppress

from nats import errors
from nats.aio.client import Client

from nats_jetstream.settings import Settings
from nats_jetstream.signals import ClientSignals
from otelkit import ConfigurationError

_PING_SECONDS = 10  # a connection that is silent for three of these is dead
_CONNECT_SECONDS = 2
_log = logging.getLogger(__name__)


class Connection:
    """`client` for core NATS and `jetstream` for the rest, from `open` to `close`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.client = Client()
        self.jetstream = self.client.jetstream(timeout=settings.request_seconds)
        self.signals = ClientSignals(self.client)
        self._refused = asyncio.Event()

    async def open(self, name: str) -> None:
        """Connect, waiting for a server that is away. Raises ConfigurationError with one line."""
        connecting = asyncio.ensure_future(self._connect(name))
        refused = asyncio.ensure_future(self._refused.wait())
        try:
            await asyncio.wait(
                [connecting, refused],
                timeout=self._settings.start_seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if connecting.done():
                await connecting
                return
        finally:
            connecting.cancel()
            refused.cancel()
            await asyncio.wait([connecting, refused])
        await self._give_up()

    async def close(self) -> None:
        """Let callbacks finish what they have, send what is buffered, and close, within the drain's time."""
        self.signals.ending = True
        with suppress(errors.Error, TimeoutError, OSError):
            async with asyncio.timeout(self._settings.drain_seconds):
                if self.client.is_connected:
                    await self.client.drain()
        await self.client.close()

    async def _connect(self, name: str) -> None:
        await self.client.connect(
            self._settings.servers(),
            name=name,
            error_cb=self._on_error,
            disconnected_cb=self.signals.on_disconnected,
            reconnected_cb=self.signals.on_reconnected,
            closed_cb=self.signals.on_closed,
            max_reconnect_attempts=-1,
            reconnect_time_wait=self._settings.reconnect_seconds,  # type: ignore[arg-type]  # a float does
            connect_timeout=_CONNECT_SECONDS,
            ping_interval=_PING_SECONDS,
            pending_size=self._settings.buffer_bytes,
            drain_timeout=self._settings.drain_seconds,
        )

    async def _on_error(self, error: Exception) -> None:
        if "authorization violation" in str(error).lower():
            self._refused.set()
        await self.signals.on_error(error)

    async def _give_up(self) -> None:
        self.signals.ending = True
        await self.client.close()
        place = self._settings.place()
        if self._refused.is_set():
            raise ConfigurationError(f"NATS at {place} refuses user or password: check NATS_URL")
        seconds = f"{self._settings.start_seconds:g} s"
        raise ConfigurationError(
            f"NATS at {place} did not answer within {seconds}: start it, or check NATS_URL"
        )
