"""One attempt: its span and its point in the histogram, ended once, whoever comes first.

The span is never the current one, so nothing is attached that a task or a generator could leave behind;
its context is handed on where it is needed, to the propagator and to the exemplar.
"""

from time import perf_counter

from httpx2 import Response
from opentelemetry.context import Context
from opentelemetry.metrics import Histogram
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.http_attributes import HTTP_RESPONSE_STATUS_CODE
from opentelemetry.semconv.attributes.network_attributes import (
    NETWORK_PEER_ADDRESS,
    NETWORK_PEER_PORT,
    NETWORK_PROTOCOL_VERSION,
)
from opentelemetry.trace import Span, StatusCode

from otelkit.instrumentation.httpx2.attributes import Attributes, error_type_of

_FIRST_ERROR_STATUS = 400


class Attempt:
    """A request on its way; `context` holds its span."""

    __slots__ = ("_ended", "_histogram", "_measured", "_outcome", "_span", "_start", "context")

    def __init__(self, span: Span, context: Context, histogram: Histogram, measured: Attributes) -> None:
        self._span, self.context = span, context
        self._histogram, self._measured = histogram, measured
        self._outcome: Attributes = {}
        self._ended = False
        self._start = perf_counter()

    def answered(self, response: Response) -> None:
        """Note status, protocol and who answered; a body may still follow."""
        self._outcome = {
            HTTP_RESPONSE_STATUS_CODE: response.status_code,
            NETWORK_PROTOCOL_VERSION: response.http_version.removeprefix("HTTP/"),
        }
        if response.status_code >= _FIRST_ERROR_STATUS:
            self._outcome[ERROR_TYPE] = str(response.status_code)
        if self._span.is_recording():
            self._span.set_attributes(_peer(response))

    def fail(self, error: BaseException) -> None:
        """End with an exception; one that the caller caused by cancelling is an error like others."""
        self._outcome[ERROR_TYPE] = error_type_of(error)
        self.end()

    def end(self) -> None:
        """End span and measurement; a second call does nothing."""
        if self._ended:
            return
        self._ended = True
        seconds = perf_counter() - self._start
        if self._span.is_recording():
            self._span.set_attributes(self._outcome)
            if ERROR_TYPE in self._outcome:
                self._span.set_status(StatusCode.ERROR)
        self._span.end()
        self._histogram.record(seconds, {**self._measured, **self._outcome}, self.context)


def _peer(response: Response) -> Attributes:
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream else None
    if isinstance(peer, tuple):  # two elements for IPv4, four for IPv6
        return {NETWORK_PEER_ADDRESS: peer[0], NETWORK_PEER_PORT: peer[1]}
    return {NETWORK_PEER_ADDRESS: str(peer)} if peer else {}
