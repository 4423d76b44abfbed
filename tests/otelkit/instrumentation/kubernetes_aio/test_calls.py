"""Calls of kubernetes.aio as HTTP client spans: what they say, and what they keep to themselves."""

from typing import Any

import pytest
from aiohttp import ClientConnectorError
from kubernetes.aio.client import Configuration
from kubernetes.aio.client.rest import RESTClientObject
from opentelemetry import baggage
from opentelemetry.context import attach, detach
from opentelemetry.instrumentation.utils import suppress_http_instrumentation
from opentelemetry.trace import SpanKind, StatusCode

from otelkit.instrumentation.kubernetes_aio import KubernetesAioInstrumentor
from otelkit.testing.ports import free_port

from .conftest import Api, Recorded

POD = "/api/v1/namespaces/shop/pods/tea"


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
