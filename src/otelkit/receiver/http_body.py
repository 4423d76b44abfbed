"""The body of one HTTP request, read within bounds of size and time."""

import asyncio
from collections.abc import AsyncIterator

import grpc
from starlette.requests import ClientDisconnect, Request

from otelkit.receiver.budget import Budget
from otelkit.receiver.fault import Fault, malformed, too_large
from otelkit.receiver.inflate import Inflater

_READ_SECONDS = 30.0
# A sender that is still sending does not read its answer: what is too large is
# read to its end without keeping it, up to this size; then the connection closes.
_DISCARD_BYTES = 256 * 2**20
_ENCODINGS = {"": False, "identity": False, "gzip": True, "deflate": True}


class Body:
    """The bytes of a request; they count against the budget until `release`."""

    def __init__(self, request: Request, budget: Budget, limit_bytes: int) -> None:
        self._request = request
        self._chunks = request.stream()
        self._budget = budget
        self._limit_bytes = limit_bytes
        self._held_bytes = 0

    async def read(self) -> bytearray:
        """Read and decompress; raises Fault (400, 408, 413, 415 or 503)."""
        try:
            async with asyncio.timeout(_READ_SECONDS):
                return await self._keep(self._chunks)
        except TimeoutError:
            message = f"the body did not arrive within {_READ_SECONDS:.0f} s"
            raise Fault(408, grpc.StatusCode.DEADLINE_EXCEEDED, message) from None
        except ClientDisconnect:
            raise malformed("the sender went away before the body was complete") from None

    async def discard(self) -> None:
        """Read what is still to come, keeping nothing."""
        left_bytes = _DISCARD_BYTES
        try:
            async with asyncio.timeout(_READ_SECONDS):
                async for chunk in self._chunks:
                    left_bytes -= len(chunk)
                    if left_bytes < 0:
                        return
        except (TimeoutError, ClientDisconnect):
            return

    def release(self) -> None:
        """Give the bytes back to the budget."""
        self._budget.give_back(self._held_bytes)
        self._held_bytes = 0

    async def _keep(self, chunks: AsyncIterator[bytes]) -> bytearray:
        encoding = self._request.headers.get("content-encoding", "").strip().lower()
        if encoding not in _ENCODINGS:
            message = f"content-encoding {encoding!r:.80} is not supported: send gzip, deflate or none"
            raise Fault(415, grpc.StatusCode.INVALID_ARGUMENT, message)
        inflater = Inflater(self._limit_bytes) if _ENCODINGS[encoding] else None
        kept = bytearray()
        async for chunk in chunks:
            self._add(kept, inflater.feed(chunk) if inflater else chunk)
        if inflater:
            inflater.finish()
        return kept

    def _add(self, kept: bytearray, part: bytes) -> None:
        if len(kept) + len(part) > self._limit_bytes:
            raise too_large(self._limit_bytes)
        self._budget.take(len(part))
        self._held_bytes += len(part)
        kept += part
