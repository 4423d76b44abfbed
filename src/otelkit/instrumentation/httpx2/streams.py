"""Response bodies that end their attempt: when closed, when they break, or when nobody holds them any more.

httpx2 closes a response when its body was read, when its `with` block ends and when reading fails. The last
resort is the garbage collector, for a response from `send(stream=True)` that was dropped without closing.
"""

from collections.abc import AsyncIterator, Iterator

from httpx2 import AsyncByteStream, SyncByteStream

from otelkit.instrumentation.httpx2.attempt import Attempt


class TracedStream(SyncByteStream):
    """A body read by a `Client`."""

    def __init__(self, stream: SyncByteStream, attempt: Attempt) -> None:
        self._stream, self._attempt = stream, attempt

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except GeneratorExit:
            raise  # the reader has enough, which is no error
        except BaseException as error:
            self._attempt.fail(error)
            raise

    def close(self) -> None:
        """Close the body and end the attempt."""
        try:
            self._stream.close()
        finally:
            self._attempt.end()

    def __del__(self) -> None:
        self._attempt.end()


class AsyncTracedStream(AsyncByteStream):
    """A body read by an `AsyncClient`."""

    def __init__(self, stream: AsyncByteStream, attempt: Attempt) -> None:
        self._stream, self._attempt = stream, attempt

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._stream:
                yield part
        except GeneratorExit:
            raise  # the reader has enough, which is no error
        except BaseException as error:
            self._attempt.fail(error)
            raise

    async def aclose(self) -> None:
        """Close the body and end the attempt."""
        try:
            await self._stream.aclose()
        finally:
            self._attempt.end()

    def __del__(self) -> None:
        self._attempt.end()
