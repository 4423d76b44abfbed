"""Watches: changes as they happen, from a version on, with bookmarks while there are none."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp import web

from otelkit.testing.kubernetes.refusals import Refusal
from otelkit.testing.kubernetes.store import Change, Kind, Store, seen_by

BOOKMARK_SECONDS = 10.0


class Watch:
    """One watch of one client."""

    def __init__(self, store: Store, kind: Kind, namespace: str | None, takes: Callable[[Any], bool]) -> None:
        self._store, self._kind, self._namespace, self._takes = store, kind, namespace, takes
        self._queue: asyncio.Queue[Change] = asyncio.Queue()
        self._response = web.StreamResponse(headers={"Content-Type": "application/json"})

    async def serve(self, request: web.BaseRequest, since: str, seconds: float) -> web.StreamResponse:
        """Write changes until the client leaves or the time is over."""
        self._store.listeners.append(self._hear)  # before the past is read: nothing falls between
        try:
            await self._response.prepare(request)
            with suppress(ConnectionResetError, TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._go_on(since)
            return self._response
        finally:
            self._store.listeners.remove(self._hear)

    async def _go_on(self, since: str) -> None:
        last = int(since or self._store.version)
        try:
            past = self._store.since(self._kind, last)
        except Refusal as refusal:
            await self._write("ERROR", json.dumps(refusal.status()).encode())
            return
        for change in past:
            await self._show(change)
        last = past[-1].version if past else last
        while True:
            try:
                change = await asyncio.wait_for(self._queue.get(), BOOKMARK_SECONDS)
            except TimeoutError:
                metadata = {"resourceVersion": str(self._store.version)}
                await self._write("BOOKMARK", json.dumps({"metadata": metadata}).encode())
                continue
            if change.version > last:
                await self._show(change)

    def _hear(self, kind: Kind, change: Change) -> None:
        if kind == self._kind:
            self._queue.put_nowait(change)

    async def _show(self, change: Change) -> None:
        if self._namespace not in (None, change.body["metadata"].get("namespace")):
            return
        if type_ := seen_by(change, self._takes):
            await self._write(type_, change.encoded)

    async def _write(self, type_: str, body: bytes) -> None:
        await self._response.write(b'{"type":"%s","object":%s}\n' % (type_.encode(), body))
