"""What contrib's instrumentation 0.66b1 gets wrong, each with ours beside it, which gets it right.

An upstream fix turns its line red. Where no issue is cited none was found.
"""

import asyncio
from contextlib import suppress

import httpx2
import pytest
from opentelemetry import baggage, context
from opentelemetry.trace import StatusCode

from tests.waiting import wait_until

from .conftest import Instrument
from .server import Shop, answering

NOWHERE = "/nonexistent.socket"


def ours_and_contrib(defect: str) -> pytest.MarkDecorator:
    contrib = pytest.param("contrib", marks=pytest.mark.xfail(reason=defect, raises=AssertionError))
    return pytest.mark.parametrize("kind", ["otelkit", contrib])


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


@ours_and_contrib("the span ends with the headers: contrib#2304")
async def test_span_lasts_until_the_body_ended(
    instrument: Instrument, kind: str, shop: Shop, port: int
) -> None:
    recorded = instrument(kind)

    async with (
        httpx2.AsyncClient() as client,
        client.stream("GET", f"http://127.0.0.1:{port}/slow-body") as body,
    ):
        assert recorded.spans == ()
        shop.body_may_end.set()
        assert await body.aread() == b"beginend"

    assert recorded.span.status.status_code == StatusCode.UNSET


@ours_and_contrib("a body that breaks off leaves the span without error: contrib#2304")
async def test_body_that_breaks_off_is_the_spans_error(instrument: Instrument, kind: str) -> None:
    recorded = instrument(kind)

    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12") as port:
        async with httpx2.AsyncClient() as client:
            with suppress(httpx2.RemoteProtocolError):
                await client.get(f"http://127.0.0.1:{port}/")

    assert recorded.span.status.status_code == StatusCode.ERROR


@ours_and_contrib("does not know http.request.resend_count")
async def test_redirect_and_login_count_as_resent(instrument: Instrument, kind: str, port: int) -> None:
    recorded = instrument(kind)

    async with httpx2.AsyncClient(follow_redirects=True) as client:
        await client.get(f"http://127.0.0.1:{port}/to?where=/login", auth=httpx2.DigestAuth("jo", "4711"))

    counts = [(span.attributes or {}).get("http.request.resend_count") for span in recorded.spans]
    assert counts == [None, 1, 2, 3]


@ours_and_contrib("a cancelled request looks like a good one without a status")
async def test_cancelled_request_is_an_error(
    instrument: Instrument, kind: str, shop: Shop, port: int
) -> None:
    recorded = instrument(kind)

    async with httpx2.AsyncClient() as client:
        request = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/never"))
        await asyncio.to_thread(wait_until, lambda: bool(shop.headers), 5)
        request.cancel()
        await asyncio.wait([request])

    assert recorded.span.status.status_code == StatusCode.ERROR


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
