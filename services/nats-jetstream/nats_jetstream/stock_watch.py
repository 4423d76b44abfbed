"""All stock levels, followed by a watch: reading one asks nobody, and is as old as the way here is long.

After an outage the watch begins anew. The server's side of it is gone when that was restarted, and the client
finds out by itself, but needs up to 20 seconds for it.
"""

import asyncio
import logging
from contextlib import suppress

from nats import errors
from nats.js.kv import KeyValue
from pydantic import ValidationError

from nats_jetstream.ending import end_task
from nats_jetstream.shapes import Shelf

_PAUSE_SECONDS = 1.0
_log = logging.getLogger(__name__)


class StockWatch:
    """`shelves` by item, as of now, from `start` to `stop`."""

    def __init__(self, bucket: KeyValue) -> None:
        self._bucket = bucket
        self.shelves: dict[str, Shelf] = {}
        self._watcher: KeyValue.KeyWatcher | None = None
        self._is_ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self, within_seconds: float) -> None:
        """Begin to follow; return when everything that there is was seen, or the time is up."""
        self._task = asyncio.create_task(self._run(), name="stock watch")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_ready.wait(), within_seconds)

    async def renew(self) -> None:
        """Begin anew; what was seen stays until it is seen again."""
        if self._watcher is not None:
            with suppress(errors.Error):
                await self._watcher.stop()  # type: ignore[no-untyped-call]  # nats-py types this one not

    async def stop(self) -> None:
        """End the watch."""
        if self._task is not None:
            await end_task(self._task)

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except (errors.Error, TimeoutError) as error:
                _log.warning("the watch begins anew: %s", error)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _follow(self) -> None:
        self._watcher = watcher = await self._bucket.watchall()
        try:
            async for entry in watcher:
                if entry is None:  # all that was there before is through
                    self._is_ready.set()
                else:
                    self._take(entry)
        finally:
            await self.renew()

    def _take(self, entry: KeyValue.Entry) -> None:
        if entry.operation is not None:  # deleted or purged
            self.shelves.pop(entry.key, None)
            return
        try:
            shelf = Shelf.model_validate_json(entry.value or b"")
        except ValidationError:
            _log.warning("the level of %s is no level", entry.key)
            return
        self.shelves[entry.key] = shelf
        _log.debug("%s of %s are free", shelf.free, entry.key)
