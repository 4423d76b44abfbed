"""One WebSocket connection as one span, from the handshake to its end.

The conventions have no page for WebSockets; the handshake is an HTTP GET, so those of HTTP servers hold:
`GET {route}`, status 101 when accepted, 403 when closed before, and `network.protocol.name` is websocket.
It is not measured: connections last hours, and the request histogram is about answers.
"""

from collections.abc import Awaitable

from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.http_attributes import HTTP_RESPONSE_STATUS_CODE, HTTP_ROUTE
from opentelemetry.trace import StatusCode, set_span_in_context

from otelkit.instrumentation.asgi.outcome import is_server_error, means_client_left, name_of_exception
from otelkit.instrumentation.asgi.protocol import Message, Receive, Scope, Send
from otelkit.instrumentation.asgi.server import ServerTelemetry

_ACCEPTED, _REFUSED = 101, 403
_INTERNAL_ERROR = 1011  # RFC 6455, section 7.4.1


class Connection:
    """`context` holds the span; `receive` and `send` are for the application."""

    def __init__(self, server: ServerTelemetry, scope: Scope, receive: Receive, send: Send) -> None:
        self._server, self._scope, self._receive, self._send = server, scope, receive, send
        headers = server.headers.read(scope)
        self._method = server.method_of(scope)
        self._span = server.start_span(scope, headers, self._method)
        self.context = set_span_in_context(self._span, headers.context)
        self._status = 0
        self._error_type: str | None = None
        self._client_left = False

    async def receive(self) -> Message:
        """Hand on what the client sent; notice that it left."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self._client_left = True
        return message

    def send(self, message: Message) -> Awaitable[None]:
        """Hand on what the application sends; notice how the handshake and the connection end."""
        kind = message["type"]
        if kind == "websocket.accept":
            self._status = _ACCEPTED
        elif kind == "websocket.http.response.start":
            self._status = int(message["status"])  # often an HTTPStatus
        elif kind == "websocket.close":
            self._status = self._status or _REFUSED
            if message.get("code") == _INTERNAL_ERROR:
                self._error_type = str(_INTERNAL_ERROR)
        return self._send(message)

    def returned(self) -> None:
        """The application returned: the connection is over."""
        if self._span.is_recording():
            self._describe()
        self._span.end()

    def failed(self, error: BaseException) -> None:
        """The application raised, or was cancelled."""
        if not (self._client_left and means_client_left(error)):
            self._error_type = name_of_exception(error)
            if isinstance(error, Exception):
                self._span.record_exception(error)
        self.returned()

    def _describe(self) -> None:
        route = self._server.routes.route_of(self._scope)
        if route is not None:
            self._span.update_name(self._server.span_name(self._method, route))
            self._span.set_attribute(HTTP_ROUTE, route)
        if self._status:
            self._span.set_attribute(HTTP_RESPONSE_STATUS_CODE, self._status)
        error_type = self._error_type or (str(self._status) if is_server_error(self._status) else None)
        if error_type:
            self._span.set_attribute(ERROR_TYPE, error_type)
            self._span.set_status(StatusCode.ERROR)
