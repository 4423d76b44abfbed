"""When and how contrib's instrumentation 0.66b1 ends spans wrongly; ours beside it gets it right."""

import asyncio
from contextlib import suppress

import httpx2
from opentelemetry.trace import StatusCode

from otelkit.testing.raw import answering
from tests.waiting import wait_until

from .both import ours_and_contrib
from .conftest import Instrument
from .server import Shop


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
