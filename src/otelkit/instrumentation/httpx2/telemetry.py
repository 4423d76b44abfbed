"""Sends requests with telemetry around them: what both kinds of client share.

Work is done per attempt, not per call, because an attempt is what the conventions call an HTTP client span
(semantic conventions 1.44, "HTTP request retries and redirects").
"""

import os
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus

from httpx2 import AsyncByteStream, Request, Response, SyncByteStream
from opentelemetry import propagate
from opentelemetry.context import Context, get_current
from opentelemetry.instrumentation.utils import is_http_instrumentation_enabled
from opentelemetry.metrics import MeterProvider, get_meter
from opentelemetry.semconv.attributes.http_attributes import HTTP_REQUEST_RESEND_COUNT
from opentelemetry.semconv.attributes.url_attributes import URL_FULL
from opentelemetry.semconv.metrics.http_metrics import HTTP_CLIENT_REQUEST_DURATION
from opentelemetry.semconv.schemas import Schemas
from opentelemetry.trace import SpanKind, TracerProvider, get_tracer, set_span_in_context

from otelkit.instrumentation.baggage_hosts import BaggageHosts
from otelkit.instrumentation.httpx2.attempt import Attempt
from otelkit.instrumentation.httpx2.attributes import redacted_url, target_of
from otelkit.instrumentation.httpx2.extensions import Sent, sent_before, template_of
from otelkit.instrumentation.httpx2.streams import AsyncTracedStream, TracedStream

BOUNDARIES_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_SCOPE = "otelkit.instrumentation.httpx2"


class ClientTelemetry:
    """Tracer, histogram and what may leave the process.

    Args:
        tracer_provider: by default the global one.
        meter_provider: likewise.
        baggage_hosts: hosts that may see baggage; by default what OTELKIT_BAGGAGE_HOSTS names.
        query_parameters: whose values `url.full` shows; by default what OTELKIT_ALLOW_QUERY_PARAMETERS names.
    """

    def __init__(
        self,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        baggage_hosts: Iterable[str] | None = None,
        query_parameters: Iterable[str] | None = None,
    ) -> None:
        schema = Schemas.V1_44_0.value
        self._tracer = get_tracer(_SCOPE, tracer_provider=tracer_provider, schema_url=schema)
        self._duration = get_meter(_SCOPE, meter_provider=meter_provider, schema_url=schema).create_histogram(
            HTTP_CLIENT_REQUEST_DURATION,
            "s",
            "Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS,
        )
        self._hosts = BaggageHosts(baggage_hosts)
        if query_parameters is None:
            query_parameters = os.environ.get("OTELKIT_ALLOW_QUERY_PARAMETERS", "").split(",")
        self._query_parameters = frozenset(name.strip() for name in query_parameters if name.strip())

    def send(self, request: Request, send: Callable[[Request], Response]) -> Response:
        """Send with `send` and trace it; its exceptions pass."""
        if not is_http_instrumentation_enabled():
            return send(request)
        attempt = self._begin(request)
        try:
            response = send(request)
        except BaseException as error:
            attempt.fail(error)
            raise
        attempt.answered(response)
        assert isinstance(response.stream, SyncByteStream)  # noqa: S101 - what the transport promises
        response.stream = TracedStream(response.stream, attempt)
        return _let_go(response, attempt)

    async def send_async(self, request: Request, send: Callable[[Request], Awaitable[Response]]) -> Response:
        """Send with `send` and trace it; its exceptions pass."""
        if not is_http_instrumentation_enabled():
            return await send(request)
        attempt = self._begin(request)
        try:
            response = await send(request)
        except BaseException as error:
            attempt.fail(error)
            raise
        attempt.answered(response)
        assert isinstance(response.stream, AsyncByteStream)  # noqa: S101 - what the transport promises
        response.stream = AsyncTracedStream(response.stream, attempt)
        return _let_go(response, attempt)

    def _begin(self, request: Request) -> Attempt:
        url = request.url
        sent = sent_before(request)
        target = target_of(request.method, url.scheme, url.host, url.port, template_of(request, sent))
        attributes = {**target.on_span, URL_FULL: redacted_url(url, self._query_parameters)}
        if sent.times:
            attributes[HTTP_REQUEST_RESEND_COUNT] = sent.times
        current = get_current()
        span = self._tracer.start_span(target.span_name, current, SpanKind.CLIENT, attributes)
        context = set_span_in_context(span, current)
        self._inject(request, context, sent)
        return Attempt(span, context, self._duration, target.on_metric)

    def _inject(self, request: Request, context: Context, sent: Sent) -> None:
        for name in sent.headers:  # this attempt may go to another host, or have less to say
            request.headers.pop(name, None)
        carrier: dict[str, str] = {}
        propagate.inject(carrier, self._hosts.context_for(request.url.host, context))
        for name, value in carrier.items():
            request.headers[name] = value
        sent.times, sent.headers = sent.times + 1, tuple(carrier)


def _let_go(response: Response, attempt: Attempt) -> Response:
    if response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:  # a WebSocket is no request any more
        attempt.end()
    return response
