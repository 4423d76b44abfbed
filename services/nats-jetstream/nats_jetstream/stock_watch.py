"""All stock levels, followed by a watch: reading one asks nobody, and is as old as the way here is long."""

import asyncio
import logging
from contextlib import suppress

from nats import errors
from nats.js.kv import KeyValue
from pydantic import ValidationError

from nats_jetstream.shapes import Shelf

_PAUSE_SECONDS = 1.0
_log = logging.getLogger(__name__)


class StockWatch:
    """`shelves` by item, as of now, from `start` to `stop`."""

    def __init__(self, bucket: KeyValue) -> None:
        self._bucket = bucket
        self.shelves: dict[str, Shelf] = {}
        self._is_ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self, within_seconds: float) -> None:
        """Begin to follow; return when everything that there is was seen, or the time is up."""
        self._task = asyncio.create_task(self._run(), name="stock watch")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_ready.wait(), within_seconds)

    async def stop(self) -> None:
        """End the watch."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except (errors.Error, TimeoutError) as error:
                _log.warning("the watch begins anew: %s", error)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _follow(self) -> None:
        watcher = await self._bucket.watchall()
        try:
            async for entry in watcher:
                if entry is None:  # all that was there before is through
                    self._is_ready.set()
                else:
                    self._take(entry)
        finally:
            with suppress(errors.Error):
                await watcher.stop()  # type: ignore[no-untyped-call]  # nats-py types this one not

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
        _log.info("level changed", extra={"shop.item": entry.key, "shop.free": shelf.free})
