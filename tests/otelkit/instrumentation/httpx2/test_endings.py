"""However a request ends, its span ends once, then, and says how."""

import asyncio
import gc

import httpx2
import pytest
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.trace import StatusCode

from otelkit.instrumentation.httpx2 import Httpx2Instrumentor
from otelkit.testing.raw import answering
from tests.waiting import wait_until

from .conftest import Instrument
from .server import Shop

SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"


async def test_reader_who_has_enough_is_no_error(instrument: Instrument, shop: Shop, port: int) -> None:
    recorded = instrument()

    async with (
        httpx2.AsyncClient() as client,
        client.stream("GET", f"http://127.0.0.1:{port}/slow-body") as body,
    ):
        async for _ in body.aiter_bytes():
            break

    assert recorded.span.status.status_code == StatusCode.UNSET
    assert "error.type" not in recorded.attributes


def test_reader_of_a_sync_client_who_has_enough_is_no_error(
    instrument: Instrument, shop: Shop, port: int
) -> None:
    recorded = instrument()

    url = f"http://127.0.0.1:{port}/slow-body"
    with httpx2.Client() as client, client.stream("GET", url) as body:
        parts = body.iter_bytes()
        assert next(parts) == b"begin"
        assert recorded.spans == ()

    assert recorded.span.status.status_code == StatusCode.UNSET


@pytest.mark.parametrize("path", ["/never", "/slow-body"])
async def test_cancelled_request_ends_as_error(
    instrument: Instrument, shop: Shop, port: int, path: str
) -> None:
    recorded = instrument()

    async with httpx2.AsyncClient() as client:
        request = asyncio.create_task(client.get(f"http://127.0.0.1:{port}{path}"))
        await asyncio.to_thread(wait_until, lambda: bool(shop.headers), 5)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request

    assert recorded.span.status.status_code == StatusCode.ERROR
    assert recorded.attributes["error.type"] == "asyncio.exceptions.CancelledError"
    assert [point.count for point in recorded.durations] == [1]


async def test_response_that_nobody_closes_ends_with_its_last_reference(
    instrument: Instrument, port: int
) -> None:
    recorded = instrument()

    async with httpx2.AsyncClient() as client:
        response = await client.send(client.build_request("GET", f"http://127.0.0.1:{port}/"), stream=True)
        assert recorded.spans == ()
        del response
        gc.collect()

        assert len(recorded.spans) == 1


def test_websocket_is_no_request_after_its_handshake(instrument: Instrument) -> None:
    recorded = instrument()

    upgrade = {"Connection": "upgrade", "Upgrade": "websocket"}
    with (
        answering(SWITCH) as port,
        httpx2.Client(headers=upgrade) as client,
        client.stream("GET", f"http://127.0.0.1:{port}/live"),
    ):
        assert len(recorded.spans) == 1

    assert recorded.attributes["http.response.status_code"] == 101
    assert len(recorded.spans) == 1


@pytest.mark.parametrize("length", [b"Content-Length: 5", b"Transfer-Encoding: chunked"])
def test_sync_body_that_breaks_off_is_the_spans_error(instrument: Instrument, length: bytes) -> None:
    recorded = instrument()

    with (
        answering(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n\r\n2") as port,
        httpx2.Client() as client,
        pytest.raises(httpx2.RemoteProtocolError),
    ):
        client.get(f"http://127.0.0.1:{port}/")

    assert recorded.attributes["error.type"] == "httpx2.RemoteProtocolError"


async def test_suppressed_instrumentation_leaves_neither_span_nor_header(
    instrument: Instrument, shop: Shop, port: int
) -> None:
    recorded = instrument()

    with suppress_instrumentation():
        async with httpx2.AsyncClient() as client:
            await client.get(f"http://127.0.0.1:{port}/")

    assert recorded.spans == ()
    assert "traceparent" not in shop.headers[0]


def test_uninstrumented_client_is_what_it_was() -> None:
    before = httpx2.HTTPTransport.handle_request, httpx2.AsyncHTTPTransport.handle_async_request

    Httpx2Instrumentor().instrument()
    during = httpx2.HTTPTransport.handle_request, httpx2.AsyncHTTPTransport.handle_async_request
    Httpx2Instrumentor().uninstrument()

    assert not set(before) & set(during)
    assert before == (httpx2.HTTPTransport.handle_request, httpx2.AsyncHTTPTransport.handle_async_request)
