"""The client's side of a Kubernetes API: begins calls, and passes the trace context on."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from opentelemetry import propagate
from opentelemetry.context import (
    _SUPPRESS_HTTP_INSTRUMENTATION_KEY,
    _SUPPRESS_INSTRUMENTATION_KEY,
    Context,
    get_current,
)
from opentelemetry.metrics import MeterProvider, get_meter
from opentelemetry.semconv._incubating.attributes.url_attributes import URL_TEMPLATE
from opentelemetry.semconv.attributes.http_attributes import HTTP_REQUEST_METHOD
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.semconv.attributes.url_attributes import URL_FULL
from opentelemetry.semconv.metrics.http_metrics import HTTP_CLIENT_REQUEST_DURATION
from opentelemetry.semconv.schemas import Schemas
from opentelemetry.trace import SpanKind, TracerProvider, get_tracer, set_span_in_context

from otelkit.instrumentation.baggage_hosts import BaggageHosts
from otelkit.instrumentation.kubernetes_calls.call import ApiCall, Attributes
from otelkit.instrumentation.kubernetes_calls.templates import template_of

BOUNDARIES_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
# What `is_http_instrumentation_enabled` asks for, with one look at the context; the last is the older name.
_SUPPRESSED = (
    _SUPPRESS_INSTRUMENTATION_KEY,
    _SUPPRESS_HTTP_INSTRUMENTATION_KEY,
    "suppress_instrumentation",
)
_PORTS = {"http": 80, "https": 443}
_BEFORE_HOST = len("https://")  # no host is shorter than one character, so http:// is behind it, too


class _Target(NamedTuple):
    host: str
    name: str
    on_span: Attributes
    on_metric: Attributes


class ApiSide:
    """Tracer and histogram of one instrumentation.

    Args:
        scope: the name of the instrumentation.
        tracer_provider: by default the global one.
        meter_provider: likewise.
        baggage_hosts: hosts that may see baggage; by default what OTELKIT_BAGGAGE_HOSTS names.
    """

    def __init__(
        self,
        scope: str,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        baggage_hosts: Iterable[str] | None = None,
    ) -> None:
        schema = Schemas.V1_44_0.value
        self._tracer = get_tracer(scope, tracer_provider=tracer_provider, schema_url=schema)
        self._duration = get_meter(scope, meter_provider=meter_provider, schema_url=schema).create_histogram(
            HTTP_CLIENT_REQUEST_DURATION,
            "s",
            "Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS,
        )
        self._hosts = BaggageHosts(baggage_hosts)

    def begin(
        self, method: str, url: str, headers: dict[str, str], context: Context | None = None
    ) -> ApiCall | None:
        """Begin a call, in the current context by default, and put its trace context into its headers.

        None where HTTP spans are suppressed. Baggage goes only to hosts that may see it.
        """
        current = get_current()
        if any(map(current.get, _SUPPRESSED)):
            return None
        parent = current if context is None else context
        full = url.partition("?")[0]
        end_of_server = full.find("/", _BEFORE_HOST)
        path = full[end_of_server:] if end_of_server > 0 else "/"
        server = full[:end_of_server] if end_of_server > 0 else full
        target = _target_of(method.upper(), server, template_of(path))
        attributes = {**target.on_span, URL_FULL: full}
        span = self._tracer.start_span(target.name, parent, SpanKind.CLIENT, attributes)
        call = ApiCall(span, set_span_in_context(span, parent), self._duration, target.on_metric)
        propagate.inject(headers, self._hosts.context_for(target.host, call.context))
        return call


@lru_cache(maxsize=1024)
def _target_of(method: str, server: str, template: str) -> _Target:
    parts = urlsplit(server)
    host = parts.hostname or ""
    on_metric: Attributes = {HTTP_REQUEST_METHOD: method, SERVER_ADDRESS: host}
    if port := parts.port or _PORTS.get(parts.scheme):
        on_metric[SERVER_PORT] = port
    if template:
        on_metric[URL_TEMPLATE] = template
    return _Target(host, f"{method} {template}" if template else method, on_metric, on_metric)
