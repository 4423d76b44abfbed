"""OTLP over HTTP/protobuf: one POST a payload on a connection that stays.

Retryable are 429, 502, 503 and 504, and everything that breaks a connection; Retry-After is
honoured. Redirects are not followed, because telemetry goes only where a setting says.
(https://opentelemetry.io/docs/specs/otlp/#otlphttp-response)
"""

import math
import os
import select
import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer

from otelkit.export.compression import Compression, compress
from otelkit.export.destination import Destination
from otelkit.export.http_connection import connect_to, cut
from otelkit.export.http_status import failure
from otelkit.export.outcome import Outcome, Retry, accepted

_MAX_RESPONSE_BYTES = 2**16


class HttpSender:
    """Offers payloads to one URL; it connects at the first one."""

    rests_during_fork = False

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._connection: HTTPConnection | None = None
        self._target = ""
        self._headers: dict[str, str] = {}
        self._was_cut = False

    def send(self, payload: bytes, most_seconds: float = math.inf) -> Outcome:
        """Offer once. The timeout bounds the whole of it, also an answer that drips."""
        seconds = min(self._destination.timeout_seconds, most_seconds)
        self._was_cut = False
        watch = Timer(seconds, self.cancel)
        watch.daemon = True
        with suppress(RuntimeError):  # no thread begins at the interpreter's end: then each step is bounded
            watch.start()
        try:
            return self._exchange(compress(payload, self._destination.compression), seconds)
        except (OSError, HTTPException) as error:
            self.close()
            return Retry(f"{type(error).__name__}: {error}")
        finally:
            watch.cancel()

    def cancel(self) -> None:
        """Cut the connection that another thread waits on."""
        self._was_cut = True
        cut(self._connection)

    def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def forget_inherited(self) -> None:
        """Close this process's copy of the parent's socket; the connection stays the parent's."""
        found = getattr(self._connection, "sock", None)
        if found is not None:
            os.close(socket.socket.detach(found))

    def _exchange(self, body: bytes, seconds: float) -> Outcome:
        connection = self._open()
        connection.timeout = seconds
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        connection.request("POST", self._target, body, self._headers)
        response = connection.getresponse()
        content = response.read(_MAX_RESPONSE_BYTES)
        if self._was_cut or (response.length and len(content) < _MAX_RESPONSE_BYTES):
            raise HTTPException("the answer ended early")  # http.client takes a cut header for its end
        outcome = self._outcome(response, content)
        if not response.isclosed():  # more than we read: the rest must not precede the next answer
            self.close()
        return outcome

    def _outcome(self, response: HTTPResponse, content: bytes) -> Outcome:
        if 200 <= response.status < 300:  # noqa: PLR2004 - OTLP says 200; gateways answer 202 and 204 too
            return accepted(self._destination.signal, content)
        return failure(response.status, response.headers, content)

    def _open(self) -> HTTPConnection:
        if self._connection is not None and _was_closed(self._connection):
            self.close()
        if self._connection is None:
            connection, self._target, for_proxy = connect_to(self._destination)
            self._headers = self._request_headers() | for_proxy
            self._connection = connection  # before it connects, so that it can be cut
        return self._connection

    def _request_headers(self) -> dict[str, str]:
        headers = {"content-type": "application/x-protobuf", "user-agent": "otelkit-otlp-exporter"}
        if self._destination.compression is not Compression.NONE:
            headers["content-encoding"] = self._destination.compression
        return headers | dict(self._destination.headers)


def _was_closed(connection: HTTPConnection) -> bool:
    """Whether the server ended the idle connection: then there is something to read, the end."""
    if connection.sock is None:
        return False
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))
