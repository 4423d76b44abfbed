"""What all requests of one middleware share, and the beginning of each one's span."""

import re

from opentelemetry import trace
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import Span, SpanKind, TracerProvider

from otelkit.instrumentation.asgi.headers import HeaderReader, RequestHeaders
from otelkit.instrumentation.asgi.methods import OTHER_METHOD, known_methods, name_of
from otelkit.instrumentation.asgi.metrics import SCHEMA_URL, SCOPE, server_metrics
from otelkit.instrumentation.asgi.protocol import Scope
from otelkit.instrumentation.asgi.query import allowed_parameters
from otelkit.instrumentation.asgi.request import RequestAttributes
from otelkit.instrumentation.asgi.routes import Routes

_MOST_NAMES = 1024


class ServerTelemetry:
    """Tracer, instruments and settings."""

    def __init__(
        self,
        tracer_provider: TracerProvider | None,
        meter_provider: MeterProvider | None,
        excluded: re.Pattern[str] | None,
    ) -> None:
        self._tracer = trace.get_tracer(SCOPE, None, tracer_provider, SCHEMA_URL)
        self.metrics = server_metrics(meter_provider)
        self.headers = HeaderReader()
        self.routes = Routes()
        self._excluded = excluded
        self._known_methods = known_methods()
        self._allowed_parameters = allowed_parameters()
        self._names: dict[tuple[str, str], str] = {}

    def is_excluded(self, scope: Scope) -> bool:
        """Whether the path is one that leaves no telemetry."""
        return self._excluded is not None and self._excluded.search(scope["path"]) is not None

    def method_of(self, scope: Scope) -> str:
        """Give `http.request.method`; a WebSocket's handshake is a GET."""
        method: str = scope.get("method", "GET")
        return method if method in self._known_methods else OTHER_METHOD

    def start_span(self, scope: Scope, headers: RequestHeaders, method: str) -> Span:
        """Begin the server span; its attributes are computed only when it is recorded."""
        attributes = RequestAttributes(scope, headers.named, method, self._allowed_parameters)
        return self._tracer.start_span(name_of(method), headers.context, SpanKind.SERVER, attributes)

    def span_name(self, method: str, route: str) -> str:
        """Give `{method} {route}`, the same string each time."""
        name = self._names.get((method, route))
        if name is None:
            if len(self._names) >= _MOST_NAMES:
                self._names.clear()
            name = self._names[method, route] = f"{name_of(method)} {route}"
        return name
