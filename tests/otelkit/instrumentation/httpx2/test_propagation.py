"""Trace context always goes along; baggage only where the allow-list says."""

from collections.abc import Iterator

import httpx2
import pytest
from opentelemetry import baggage, context

from otelkit.instrumentation.baggage_hosts import BaggageHosts

from .conftest import Instrument
from .server import Shop


@pytest.fixture(autouse=True)
def tenant() -> Iterator[None]:
    token = context.attach(baggage.set_baggage("tenant", "canary-4711"))
    yield
    context.detach(token)


async def fetch(url: str) -> None:
    async with httpx2.AsyncClient(follow_redirects=True) as client:
        await client.get(url)


async def test_baggage_stays_at_home_by_default(instrument: Instrument, shop: Shop, port: int) -> None:
    recorded = instrument()

    await fetch(f"http://127.0.0.1:{port}/")

    assert recorded.span.context is not None
    assert f"-{recorded.span.context.span_id:016x}-" in shop.headers[0]["traceparent"]
    assert "canary-4711" not in str(shop.headers)


async def test_baggage_goes_to_a_host_that_the_environment_allows(
    instrument: Instrument, shop: Shop, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTELKIT_BAGGAGE_HOSTS", "stock.internal, 127.0.0.1")
    instrument()

    await fetch(f"http://127.0.0.1:{port}/")

    assert shop.headers[0]["baggage"] == "tenant=canary-4711"


async def test_redirect_to_another_host_leaves_baggage_behind(
    instrument: Instrument, shop: Shop, port: int
) -> None:
    instrument(baggage_hosts=["127.0.0.1"])

    await fetch(f"http://127.0.0.1:{port}/to?where=http://localhost:{port}/")

    assert ["baggage" in headers for headers in shop.headers] == [True, False]
    assert shop.headers[0]["traceparent"] != shop.headers[1]["traceparent"]


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("stock.internal", True),
        ("STOCK.internal.", True),
        ("a.shop.svc", True),
        ("a.b.shop.svc", True),
        ("shop.svc", False),
        ("evilshop.svc", False),
        ("stock.internal.evil.example", False),
        ("", False),
    ],
)
def test_hosts_are_compared_whole_or_by_whole_labels(host: str, allowed: bool) -> None:
    assert BaggageHosts(["stock.internal", "*.shop.svc"]).allow(host) is allowed


def test_empty_list_allows_no_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTELKIT_BAGGAGE_HOSTS", " ,, ")

    assert not BaggageHosts().allow("")
    assert not BaggageHosts().allow("stock.internal")
