"""One HTTP request and its answer: stands between server and application, and ends the span once.

Decision: the span ends when the last byte is handed to the server, so that background tasks are not in it.
When an error handler answers for an exception, the exception itself arrives only after that: then the time
is taken at the last byte and the rest is decided when the application has returned or raised.
"""

import sys
from collections.abc import Awaitable
from time import perf_counter, time_ns

from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.http_attributes import (
    HTTP_REQUEST_METHOD,
    HTTP_RESPONSE_STATUS_CODE,
    HTTP_ROUTE,
)
from opentelemetry.semconv.attributes.network_attributes import NETWORK_PROTOCOL_VERSION
from opentelemetry.semconv.attributes.url_attributes import URL_SCHEME
from opentelemetry.trace import StatusCode, set_span_in_context

from otelkit.instrumentation.asgi.outcome import (
    INCOMPLETE,
    is_server_error,
    means_client_left,
    name_of_exception,
)
from otelkit.instrumentation.asgi.protocol import Message, Receive, Scope, Send
from otelkit.instrumentation.asgi.server import ServerTelemetry


class Exchange:
    """`context` holds the span; `receive` and `send` are for the application."""

    __slots__ = (
        *("_active", "_client_left", "_end_nanos", "_ended", "_method", "_receive", "_scope", "_seconds"),
        *("_send", "_server", "_span", "_start", "_status", "_trailers", "context"),
    )

    def __init__(self, server: ServerTelemetry, scope: Scope, receive: Receive, send: Send) -> None:
        self._server, self._scope, self._receive, self._send = server, scope, receive, send
        self._start = perf_counter()
        headers = server.headers.read(scope)
        self._method = method = server.method_of(scope)
        self._span = server.start_span(scope, headers, method)
        self.context = set_span_in_context(self._span, headers.context)
        self._active = (method, scope.get("scheme") or "http")
        server.metrics.began(self._active)
        self._status = 0
        self._seconds = 0.0
        self._end_nanos: int | None = None
        self._client_left = self._ended = self._trailers = False

    async def receive(self) -> Message:
        """Hand on what the client sent; notice that it left."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._client_left = True
        return message

    def send(self, message: Message) -> Awaitable[None]:
        """Hand on what the application answers; notice the status and the last byte."""
        kind = message["type"]
        if kind == "http.response.body":
            is_last = not (message.get("more_body") or self._trailers)
        elif kind == "http.response.start":
            self._status = int(message["status"])  # often an HTTPStatus
            self._trailers = message.get("trailers", False)
            is_last = False
        else:
            is_last = kind == "http.response.pathsend" or (
                kind == "http.response.trailers" and not message.get("more_trailers")
            )
        return self._send_last(message) if is_last else self._send(message)

    async def _send_last(self, message: Message) -> None:
        await self._send(message)
        if is_server_error(self._status) and sys.exc_info()[0] is not None:
            self._seconds, self._end_nanos = perf_counter() - self._start, time_ns()
        else:
            self._end(None)

    def returned(self) -> None:
        """The application returned."""
        is_complete = self._end_nanos is not None or self._client_left
        self._end(None if is_complete else INCOMPLETE)

    def failed(self, error: BaseException) -> None:
        """The application raised, or was cancelled."""
        if self._ended:
            return
        if self._client_left and means_client_left(error):
            self._end(None)
            return
        if isinstance(error, Exception):  # a cancellation says nothing beyond its name
            self._span.record_exception(error)
        self._end(name_of_exception(error))

    def _end(self, error_type: str | None) -> None:
        if self._ended:
            return
        self._ended = True
        try:
            self._conclude(error_type)
        finally:  # the router's match is the framework's own business, and may be none that we know
            self._server.metrics.ended(self._active)
            self._span.end(self._end_nanos)

    def _conclude(self, error_type: str | None) -> None:
        outcome: dict[str, str | int] = {}
        route = self._server.routes.route_of(self._scope)
        if route is not None:
            outcome[HTTP_ROUTE] = route
        if self._status:
            outcome[HTTP_RESPONSE_STATUS_CODE] = self._status
            if error_type is None and is_server_error(self._status):
                error_type = str(self._status)
        if error_type is not None:
            outcome[ERROR_TYPE] = error_type
        self._measure(outcome)
        if self._span.is_recording():
            self._describe(outcome, route)

    def _measure(self, outcome: dict[str, str | int]) -> None:
        method, scheme = self._active
        version = self._scope.get("http_version", "1.1")
        measured = {HTTP_REQUEST_METHOD: method, URL_SCHEME: scheme, NETWORK_PROTOCOL_VERSION: version}
        seconds = self._seconds or perf_counter() - self._start
        self._server.metrics.duration.record(seconds, measured | outcome, self.context)

    def _describe(self, outcome: dict[str, str | int], route: str | None) -> None:
        if route is not None:
            self._span.update_name(self._server.span_name(self._method, route))
        if outcome:
            self._span.set_attributes(outcome)
        if ERROR_TYPE in outcome:
            self._span.set_status(StatusCode.ERROR)
