"""Spans and points carry the stable names of the HTTP conventions, and nothing that identifies anyone."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from httpx2 import URL
from opentelemetry.trace import SpanKind, StatusCode

from otelkit.instrumentation.httpx2 import described
from otelkit.instrumentation.httpx2.attributes import redacted_url, target_of

from .conftest import Instrument

Get = Callable[..., Awaitable[httpx2.Response]]


@pytest.fixture(params=["sync", "async"])
def get(request: pytest.FixtureRequest) -> Get:
    async def get_async(url: str, **options: Any) -> httpx2.Response:
        async with httpx2.AsyncClient() as client:
            return await client.get(url, **options)

    async def get_sync(url: str, **options: Any) -> httpx2.Response:
        with httpx2.Client() as client:
            return client.get(url, **options)

    return get_async if request.param == "async" else get_sync


async def test_span_carries_the_stable_attributes(instrument: Instrument, port: int, get: Get) -> None:
    recorded = instrument()

    await get(f"http://localhost:{port}/orders")

    assert (recorded.span.name, recorded.span.kind) == ("GET", SpanKind.CLIENT)
    assert recorded.attributes == {
        "http.request.method": "GET",
        "server.address": "localhost",
        "server.port": port,
        "url.full": f"http://localhost:{port}/orders",
        "network.peer.address": "127.0.0.1",
        "network.peer.port": port,
        "network.protocol.version": "1.1",
        "http.response.status_code": 200,
    }


async def test_duration_is_in_seconds_with_an_exemplar_of_the_span(
    instrument: Instrument, port: int, get: Get
) -> None:
    recorded = instrument()

    await get(f"http://127.0.0.1:{port}/orders")

    (point,) = recorded.durations
    assert 0 < point.sum < 5
    assert dict(point.attributes or {}) == {
        "http.request.method": "GET",
        "server.address": "127.0.0.1",
        "server.port": port,
        "http.response.status_code": 200,
        "network.protocol.version": "1.1",
    }
    assert recorded.span.context is not None
    assert [exemplar.span_id for exemplar in point.exemplars] == [recorded.span.context.span_id]


async def test_template_given_by_the_caller_names_the_span(
    instrument: Instrument, port: int, get: Get
) -> None:
    recorded = instrument()

    await get(f"http://127.0.0.1:{port}/orders/42", extensions=described("/orders/{id}"))

    assert recorded.span.name == "GET /orders/{id}"
    assert recorded.attributes["url.template"] == "/orders/{id}"
    assert "url.template" not in (recorded.durations[0].attributes or {})


async def test_template_says_nothing_of_where_a_redirect_leads(
    instrument: Instrument, port: int, get: Get
) -> None:
    recorded = instrument()

    url = f"http://127.0.0.1:{port}/to?where=/status/204"
    await get(url, extensions=described("/to"), follow_redirects=True)

    assert [span.name for span in recorded.spans] == ["GET /to", "GET"]


@pytest.mark.parametrize("status", [204, 302])
async def test_status_below_400_is_no_error(instrument: Instrument, port: int, get: Get, status: int) -> None:
    recorded = instrument()

    await get(f"http://127.0.0.1:{port}/status/{status}")

    assert recorded.span.status.status_code == StatusCode.UNSET
    assert "error.type" not in recorded.attributes


@pytest.mark.parametrize("status", [404, 503])
async def test_status_from_400_is_the_clients_error(
    instrument: Instrument, port: int, get: Get, status: int
) -> None:
    recorded = instrument()

    await get(f"http://127.0.0.1:{port}/status/{status}")

    assert recorded.span.status.status_code == StatusCode.ERROR
    assert recorded.attributes["error.type"] == str(status)
    assert (recorded.durations[0].attributes or {})["error.type"] == str(status)


def test_unknown_method_is_counted_as_other_and_kept_on_the_span() -> None:
    target = target_of("BREW", "http", "shop.example", 8080, "")

    assert target.span_name == "HTTP"
    assert target.on_metric["http.request.method"] == "_OTHER"
    assert target.on_span["http.request.method_original"] == "BREW"


@pytest.mark.parametrize(("scheme", "port"), [("http", 80), ("https", 443)])
def test_default_port_is_named(scheme: str, port: int) -> None:
    assert target_of("GET", scheme, "shop.example", None, "").on_span["server.port"] == port


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://shop.example/a?page=2&token=4711", "http://shop.example/a?page=2&token=REDACTED"),
        ("http://jo:4711@shop.example:81/a", "http://REDACTED:REDACTED@shop.example:81/a"),
        ("http://jo@shop.example/a?4711#4711", "http://REDACTED:REDACTED@shop.example/a?REDACTED#REDACTED"),
        ("http://shop.example/@a?b=&=4711", "http://shop.example/@a?b=&=REDACTED"),
        ("http://[::1]:8000/a", "http://[::1]:8000/a"),
    ],
)
def test_url_shows_no_secret(url: str, shown: str) -> None:
    assert redacted_url(URL(url), frozenset({"page"})) == shown
