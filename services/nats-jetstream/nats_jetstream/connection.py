"""The one place that connects: it waits for a server, comes back after an outage, and drains at the end.

What is published while the server is away waits in a buffer; a publish with acknowledgement waits for that
as long as its caller does. The client never gives up by itself, except where the server closes for good.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress

from nats import errors
from nats.aio.client import Client

from nats_jetstream.ending import end_task
from nats_jetstream.settings import Settings
from nats_jetstream.signals import ClientSignals
from otelkit import ConfigurationError

_PING_SECONDS = 10  # a connection that is silent for three of these is dead
_CONNECT_SECONDS = 2


class RefusedError(Exception):
    """The server does not let this user do what was asked."""


class Connection:
    """`client` for core NATS and `jetstream` for the rest, from `open` to `close`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.client = Client()
        self.jetstream = self.client.jetstream(timeout=settings.request_seconds)
        self.signals = ClientSignals(self.client)

    async def open(self, name: str) -> None:
        """Connect, waiting for a server that is away. Raises ConfigurationError with one line."""
        try:
            async with asyncio.timeout(self._settings.start_seconds):
                await self.unless_refused(self._connect(name))
        except (RefusedError, TimeoutError) as error:
            self.signals.ending = True
            await self._end()
            raise ConfigurationError(self._explain(error)) from None

    async def unless_refused(self, asking: Coroutine[None, None, None]) -> None:
        """Await something that the server may refuse, of which the client tells only on the side.

        Raises:
            RefusedError: with the server's words; awaited alone it would end in a timeout.
        """
        tasks: list[asyncio.Future[object]] = [
            asyncio.ensure_future(asking),
            asyncio.ensure_future(self.signals.refused.wait()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if tasks[0].done():
                await tasks[0]
            else:
                raise RefusedError(self.signals.refusal)
        finally:
            for task in tasks:
                await end_task(task)

    async def close(self) -> None:
        """Let callbacks finish what they have, send what is buffered, and close, within the drain's time."""
        self.signals.ending = True
        with suppress(errors.Error, TimeoutError, OSError):
            async with asyncio.timeout(self._settings.drain_seconds):
                if self.client.is_connected:
                    await self.client.drain()
        await self._end()

    async def _connect(self, name: str) -> None:
        await self.client.connect(
            self._settings.servers(),
            name=name,
            error_cb=self.signals.on_error,
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

    async def _end(self) -> None:
        with suppress(OSError):  # what a connection that is broken says when it is closed
            await self.client.close()

    def _explain(self, error: RefusedError | TimeoutError) -> str:
        place = self._settings.place()
        if isinstance(error, RefusedError):
            return f"NATS at {place} refuses user or password: check NATS_URL"
        seconds = f"{self._settings.start_seconds:g} s"
        return f"NATS at {place} did not answer within {seconds}: start it, or check NATS_URL"
