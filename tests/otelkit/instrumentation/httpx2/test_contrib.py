"""What contrib's instrumentation 0.66b1 says wrong or too much; ours beside it gets it right.

Where no issue is cited none was found.
"""

from contextlib import suppress

import httpx2
from opentelemetry import baggage, context

from .both import ours_and_contrib
from .conftest import Instrument
from .server import Shop

NOWHERE = "/nonexistent.socket"


async def fail_to_connect(url: str) -> None:
    transport = httpx2.AsyncHTTPTransport(uds=NOWHERE)
    async with httpx2.AsyncClient(transport=transport) as client:
        with suppress(httpx2.ConnectError):
            await client.get(url)


@ours_and_contrib("records the duration of requests that were answered only, so an outage has no metric")
async def test_failed_request_is_measured(instrument: Instrument, kind: str) -> None:
    recorded = instrument(kind)

    await fail_to_connect("http://shop.example:8080/")

    assert [dict(point.attributes or {}).get("error.type") for point in recorded.durations] == [
        "httpx2.ConnectError"
    ]


@ours_and_contrib("error.type is the bare class name; the conventions want the full one")
async def test_error_type_is_the_full_class_name(instrument: Instrument, kind: str) -> None:
    recorded = instrument(kind)

    await fail_to_connect("http://shop.example:8080/")

    assert recorded.attributes["error.type"] == "httpx2.ConnectError"


@ours_and_contrib("server.port is missing where it is the default one")
async def test_default_port_is_named(instrument: Instrument, kind: str) -> None:
    recorded = instrument(kind)

    await fail_to_connect("http://shop.example/")

    assert recorded.attributes.get("server.port") == 80


@ours_and_contrib("network.peer.address is what the URL says, also when nothing was connected")
async def test_peer_is_who_answered(instrument: Instrument, kind: str) -> None:
    recorded = instrument(kind)

    await fail_to_connect("http://shop.example:8080/")

    assert "network.peer.address" not in recorded.attributes


@ours_and_contrib("redacts four parameters only that hold signatures")
async def test_query_holds_no_secret(instrument: Instrument, kind: str) -> None:
    recorded = instrument(kind)

    await fail_to_connect("http://shop.example:8080/?token=canary-4711")

    assert "canary-4711" not in recorded.span.to_json()


@ours_and_contrib("records the exception with its message, which may quote a header")
def test_exception_text_holds_no_secret(instrument: Instrument, kind: str, port: int) -> None:
    recorded = instrument(kind)

    with httpx2.Client() as client, suppress(httpx2.LocalProtocolError):
        client.get(f"http://127.0.0.1:{port}/", headers={"authorization": "Bearer canary-4711\n"})

    assert "canary-4711" not in recorded.span.to_json()


@ours_and_contrib("baggage goes to every host")
async def test_baggage_stays_at_home(instrument: Instrument, kind: str, shop: Shop, port: int) -> None:
    instrument(kind)
    token = context.attach(baggage.set_baggage("tenant", "canary-4711"))

    try:
        async with httpx2.AsyncClient() as client:
            await client.get(f"http://127.0.0.1:{port}/")
    finally:
        context.detach(token)

    assert "canary-4711" not in str(shop.headers)
