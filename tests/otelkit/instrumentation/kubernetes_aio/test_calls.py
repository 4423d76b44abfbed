"""Calls of kubernetes.aio as HTTP client spans: what they say, and what they keep to themselves."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from aiohttp import ClientConnectorError, web
from kubernetes.aio.client import Configuration
from kubernetes.aio.client.rest import RESTClientObject
from opentelemetry import baggage
from opentelemetry.context import attach, detach
from opentelemetry.instrumentation.utils import suppress_http_instrumentation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from otelkit.instrumentation.kubernetes_aio import KubernetesAioInstrumentor
from otelkit.instrumentation.kubernetes_calls import template_of
from otelkit.testing.ports import free_port

POD = "/api/v1/namespaces/shop/pods/tea"


class Recorded:
    """What the instrumentation made."""

    def __init__(self) -> None:
        self.exporter, self.reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)

    @property
    def span(self) -> Any:
        (span,) = self.exporter.get_finished_spans()
        return span


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    recorded = Recorded()
    KubernetesAioInstrumentor().instrument(
        tracer_provider=recorded.tracers, meter_provider=recorded.meters, baggage_hosts=["elsewhere"]
    )
    yield recorded
    KubernetesAioInstrumentor().uninstrument()


class Api:
    """Answers with a status, and remembers headers."""

    def __init__(self) -> None:
        self.status, self.headers, self.url = 200, dict[str, str](), ""

    async def answer(self, request: web.Request) -> web.Response:
        self.headers = dict(request.headers)
        return web.json_response({}, status=self.status)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    api, app = Api(), web.Application()
    app.router.add_route("*", "/{path:.*}", api.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield api
    await runner.cleanup()


async def call(url: str, method: str = "GET", **more: Any) -> None:
    client = RESTClientObject(Configuration(host=url))
    try:
        await client.request(method, url, **more)  # type: ignore[no-untyped-call]  # upstream forgot it
    finally:
        await client.close()


async def test_span_has_the_template_as_name_and_no_query(recorded: Recorded, api: Api) -> None:
    await call(f"{api.url}{POD}?labelSelector=secret%3Dword")

    port = int(api.url.rpartition(":")[2])
    assert (recorded.span.name, recorded.span.kind) == (
        "GET /api/v1/namespaces/{namespace}/pods/{name}",
        SpanKind.CLIENT,
    )
    assert dict(recorded.span.attributes) == {
        "http.request.method": "GET",
        "server.address": "127.0.0.1",
        "server.port": port,
        "url.template": "/api/v1/namespaces/{namespace}/pods/{name}",
        "url.full": f"{api.url}{POD}",
        "http.response.status_code": 200,
    }


async def test_context_goes_along_and_baggage_only_where_it_may(recorded: Recorded, api: Api) -> None:
    token = attach(baggage.set_baggage("customer", "7"))
    try:
        await call(f"{api.url}{POD}")
    finally:
        detach(token)

    assert f"{recorded.span.context.span_id:016x}" in api.headers["traceparent"]
    assert "baggage" not in api.headers


async def test_headers_of_the_caller_stay_as_they_were(recorded: Recorded, api: Api) -> None:
    headers = {"Content-Type": "application/json"}
    await call(f"{api.url}{POD}", headers=headers)

    assert headers == {"Content-Type": "application/json"}


@pytest.mark.parametrize("status", [404, 409, 500])
async def test_refusal_is_an_error_with_its_status(recorded: Recorded, api: Api, status: int) -> None:
    api.status = status
    await call(f"{api.url}{POD}", "DELETE")

    assert recorded.span.status.status_code is StatusCode.ERROR
    assert recorded.span.attributes["error.type"] == str(status)


async def test_api_that_is_away_is_an_error_with_its_class(recorded: Recorded) -> None:
    with pytest.raises(ClientConnectorError):
        await call(f"http://127.0.0.1:{free_port()}{POD}")

    assert recorded.span.attributes["error.type"].endswith("ClientConnectorError")


async def test_duration_is_measured_without_names(recorded: Recorded, api: Api) -> None:
    await call(f"{api.url}{POD}")

    data: Any = recorded.reader.get_metrics_data()
    (metric,) = data.resource_metrics[0].scope_metrics[0].metrics
    (point,) = metric.data.data_points
    assert (metric.name, metric.unit) == ("http.client.request.duration", "s")
    assert "tea" not in str(dict(point.attributes))
    assert point.attributes["url.template"] == "/api/v1/namespaces/{namespace}/pods/{name}"


async def test_nothing_is_made_where_http_is_suppressed(recorded: Recorded, api: Api) -> None:
    with suppress_http_instrumentation():
        await call(f"{api.url}{POD}")

    assert not recorded.exporter.get_finished_spans()


def test_uninstrumenting_puts_the_method_back() -> None:
    before = RESTClientObject.request
    KubernetesAioInstrumentor().instrument()
    assert RESTClientObject.request is not before
    KubernetesAioInstrumentor().uninstrument()
    assert RESTClientObject.request is before


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/api/v1/pods", "/api/v1/pods"),
        ("/api/v1/namespaces/shop", "/api/v1/namespaces/{name}"),
        ("/api/v1/namespaces", "/api/v1/namespaces"),
        ("/api/v1/namespaces/shop/pods", "/api/v1/namespaces/{namespace}/pods"),
        ("/api/v1/namespaces/shop/pods/tea/log", "/api/v1/namespaces/{namespace}/pods/{name}/log"),
        ("/api/v1/nodes/n1/status", "/api/v1/nodes/{name}/status"),
        ("/apis/apps/v1", "/apis/apps/v1"),
        ("/apis/apps/v1/deployments", "/apis/apps/v1/deployments"),
        ("/apis/a.b/v1/namespaces/shop/myapps/tea", "/apis/a.b/v1/namespaces/{namespace}/myapps/{name}"),
        ("/apis", "/apis"),
        ("/version", "/version"),
        ("/somewhere/else/7", ""),
    ],
)
def test_template_of_a_path(path: str, template: str) -> None:
    assert template_of(path) == template
