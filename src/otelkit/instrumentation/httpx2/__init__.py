"""Client spans and the duration histogram for httpx2, one span per attempt on the wire.

Follows semantic conventions 1.44, HTTP client spans and metrics; only the stable names are emitted.
A span starts before the connection is asked for and ends when the response is closed, so that a body which
breaks off is the span's error, and a slow one is in its duration. Retries, redirects and authentication
send the same request again; the second one and later ones say so in `http.request.resend_count`.
Baggage is injected only for hosts on an allow-list, and a redirect to another host leaves it behind.
No exception event is recorded: the exception goes on to the caller, who knows whether it matters.
Transports that are not httpx2's own (mocks, ASGI) make no network calls and get no spans.
"""

from collections.abc import Collection
from functools import wraps
from typing import Any

from httpx2 import AsyncHTTPTransport, HTTPTransport, Request, Response
from opentelemetry.instrumentation.instrumentor import (  # type: ignore[attr-defined]  # untyped module
    BaseInstrumentor,
)

from otelkit.instrumentation.httpx2.extensions import URL_TEMPLATE, described
from otelkit.instrumentation.httpx2.telemetry import ClientTelemetry

__all__ = ["URL_TEMPLATE", "Httpx2Instrumentor", "described"]


class Httpx2Instrumentor(BaseInstrumentor):  # type: ignore[misc]  # untyped base
    """Instruments every `httpx2.Client` and `httpx2.AsyncClient`, those that exist already too.

    Not together with contrib's: each would make a span. Under `opentelemetry-instrument` with both
    installed, set OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=httpx2, which is contrib's name; ours is
    `otelkit_httpx2`.
    """

    def instrumentation_dependencies(self) -> Collection[str]:
        """Versions of httpx2 that this was tested with."""
        return ("httpx2 >= 2.16, < 3",)

    def _instrument(self, **options: Any) -> None:
        """Replace the one method of each transport; see ClientTelemetry for the options."""
        telemetry = ClientTelemetry(**options)
        self._originals = (HTTPTransport.handle_request, AsyncHTTPTransport.handle_async_request)
        send, send_async = self._originals

        @wraps(send)
        def handle_request(transport: HTTPTransport, request: Request) -> Response:
            return telemetry.send(request, send.__get__(transport))

        @wraps(send_async)
        async def handle_async_request(transport: AsyncHTTPTransport, request: Request) -> Response:
            return await telemetry.send_async(request, send_async.__get__(transport))

        _replace(handle_request, handle_async_request)

    def _uninstrument(self, **_: Any) -> None:
        _replace(*self._originals)


def _replace(send: Any, send_async: Any) -> None:
    HTTPTransport.handle_request = send  # type: ignore[method-assign]  # what instrumenting is
    AsyncHTTPTransport.handle_async_request = send_async  # type: ignore[method-assign]  # likewise
