"""The middleware: pure ASGI, so it stands in front of any application.

It stands down for a request whose server span somebody has opened already: itself, around the application
that this one is mounted in, or FastAPI's own telemetry. Lifespan passes through.
"""

import os
import re

from opentelemetry.context import attach, detach
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import TracerProvider

from otelkit.instrumentation.asgi.exchange import Exchange
from otelkit.instrumentation.asgi.protocol import Application, Receive, Scope, Send
from otelkit.instrumentation.asgi.server import ServerTelemetry
from otelkit.instrumentation.asgi.websocket import Connection

EXCLUDED_VARIABLES = ("OTEL_PYTHON_ASGI_EXCLUDED_URLS", "OTEL_PYTHON_EXCLUDED_URLS")
_SEEN = "otelkit.asgi"
_KINDS: dict[str, type[Exchange] | type[Connection]] = {"http": Exchange, "websocket": Connection}


class TelemetryMiddleware:
    """Gives every request of `app` a server span and a measurement.

    Args:
        app: the application to call.
        tracer_provider: by default the global one.
        meter_provider: by default the global one.
        excluded_urls: regular expressions separated by commas; a path in which one is found leaves no
            telemetry, nor do the spans below it belong to anything. By default what
            OTEL_PYTHON_ASGI_EXCLUDED_URLS says, else OTEL_PYTHON_EXCLUDED_URLS. Anchor them: `^/healthz$`.

    Raises:
        ValueError: `excluded_urls` holds no regular expression.
    """

    def __init__(
        self,
        app: Application,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        excluded_urls: str | None = None,
    ) -> None:
        self.app = app
        self._server = ServerTelemetry(tracer_provider, meter_provider, _pattern(excluded_urls))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, connection or lifespan."""
        begin = _KINDS.get(scope["type"])
        if (
            begin is None
            or _SEEN in scope
            or scope.get("fastapi.telemetry") is not None
            or self._server.is_excluded(scope)
        ):
            await self.app(scope, receive, send)
            return
        scope[_SEEN] = True
        exchange = begin(self._server, scope, receive, send)
        token = attach(exchange.context)
        try:
            await self.app(scope, exchange.receive, exchange.send)
        except BaseException as error:
            exchange.failed(error)
            raise
        else:
            exchange.returned()
        finally:
            detach(token)


def _pattern(excluded_urls: str | None) -> re.Pattern[str] | None:
    if excluded_urls is None:
        excluded_urls = next(filter(None, map(os.environ.get, EXCLUDED_VARIABLES)), "")
    patterns = [pattern.strip() for pattern in excluded_urls.split(",") if pattern.strip()]
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(
                f"excluded_urls: {pattern!r} is no regular expression ({error}); give some, separated by "
                f"commas, as ^/healthz$,^/metrics$, here or in {EXCLUDED_VARIABLES[0]}"
            ) from None
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None
