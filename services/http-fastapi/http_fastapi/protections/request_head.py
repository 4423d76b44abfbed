"""A bound on a request's head: its line and headers, which uvicorn with httptools takes in any size and pace.

Before a head is whole there is no request, hence no middleware and no span; what is refused here is counted.
Used by `python -m http_fastapi` and gunicorn.conf.py; for uvicorn's own command line:
`--http http_fastapi.protections.request_head:BoundedHead`.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from http_fastapi.protections.refusal import Reason, Refusals

MOST_BYTES = 65_536  # as uvicorn with h11
MOST_SECONDS = 10.0


class BoundedHead(HttpToolsProtocol):
    """Answers 431 to a head of more than `MOST_BYTES`, 408 to one that takes longer than `MOST_SECONDS`."""

    _size = 0
    _is_partial = _began = False
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and count what belongs to a head that is not whole yet.

        What a head began with counts for nothing: other requests may stand before it in the same chunk,
        and uvicorn reads at most 256 KiB at once.
        """
        self._began = False
        super().data_received(data)
        if not self._is_partial or self.transport.is_closing():
            return
        if not self._began:
            self._size += len(data)
        if self._size > MOST_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._timer is None:
            self._wait()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._is_partial, self._began, self._size = True, True, 0

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._is_partial = False
        self._stop()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._timer = self.loop.call_later(MOST_SECONDS, self._expire)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        if self._is_answering():  # the next head need not be here before the answer to the last one is
            self._wait()
        elif not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _is_answering(self) -> bool:
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _refuse(self, status: HTTPStatus) -> None:
        Refusals().count(Reason.REQUEST_HEAD)
        if self._is_partial and not self._is_answering():
            line = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            self.transport.write(f"{line}content-length: 0\r\nconnection: close\r\n\r\n".encode())
        self.transport.close()
