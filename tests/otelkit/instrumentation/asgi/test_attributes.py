"""Names and attributes of the server span, by semantic conventions 1.44."""

import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, format_span_id, format_trace_id

from otelkit.instrumentation.asgi import TelemetryMiddleware, instrument_app
from otelkit.instrumentation.asgi.protocol import Receive, Scope, Send
from otelkit.instrumentation.asgi.request import RequestAttributes, _authorities
from tests.otelkit.instrumentation.asgi.conftest import Record, Recorded, serve

PARENT = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


async def test_server_span_has_the_stable_attributes_and_no_others(recorded: Recorded) -> None:
    app = FastAPI()
    app.add_api_route("/orders/{order_id}", lambda order_id: order_id)
    instrument_app(app, **recorded.providers)

    await serve(app, "/orders/42")

    span = recorded.span()
    assert (span.name, span.kind) == ("GET /orders/{order_id}", SpanKind.SERVER)
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "url.scheme": "http",
        "url.path": "/orders/42",
        "server.address": "shop.example",
        "server.port": 8000,
        "client.address": "192.0.2.7",
        "user_agent.original": "curl/8",
        "network.protocol.version": "1.1",
        "http.route": "/orders/{order_id}",
        "http.response.status_code": 200,
    }


async def test_unknown_method_is_other_and_kept_beside(recorded: Recorded) -> None:
    await serve(TelemetryMiddleware(answer, **recorded.providers), method="BREW")

    span = recorded.span()
    assert span.name == "HTTP"
    assert span.attributes is not None
    assert span.attributes["http.request.method"] == "_OTHER"
    assert span.attributes["http.request.method_original"] == "BREW"


async def test_known_methods_are_a_setting(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", "GET,BREW")

    await serve(TelemetryMiddleware(answer, **recorded.providers), method="BREW")

    assert recorded.span().name == "BREW"


async def test_query_keeps_names_and_loses_values(recorded: Recorded) -> None:
    await serve(
        TelemetryMiddleware(answer, **recorded.providers), query_string=b"token=s3cret&page=2&bare&e="
    )

    assert (recorded.span().attributes or {})["url.query"] == "token=REDACTED&page=REDACTED&REDACTED&e="


async def test_allowed_query_parameter_stays(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTELKIT_ALLOW_QUERY_PARAMETERS", "page, limit")

    await serve(TelemetryMiddleware(answer, **recorded.providers), query_string=b"token=s3cret&page=2")

    assert (recorded.span().attributes or {})["url.query"] == "token=REDACTED&page=2"


@pytest.mark.parametrize(
    ("host", "address", "port"),
    [
        (b"shop.example", "shop.example", 80),
        (b"[2001:db8::1]:8443", "2001:db8::1", 8443),
        (b"user:secret@shop.example", None, None),
        (b"shop.example:99999999", None, None),
        (b"\xff<script>", None, None),
    ],
)
async def test_host_header_is_believed_only_when_it_is_one(
    recorded: Recorded, host: bytes, address: str | None, port: int | None
) -> None:
    await serve(TelemetryMiddleware(answer, **recorded.providers), headers=[(b"host", host)])

    attributes = recorded.span().attributes or {}
    assert (attributes.get("server.address"), attributes.get("server.port")) == (address, port)


async def test_host_header_of_any_length_is_not_remembered(recorded: Recorded) -> None:
    host = b"x" * 1_000_000  # httptools takes it
    await serve(TelemetryMiddleware(answer, **recorded.providers), headers=[(b"host", host)])

    assert "server.address" not in (recorded.span().attributes or {})
    assert (host, "http") not in _authorities


async def test_without_a_host_header_the_address_listened_on_counts(recorded: Recorded) -> None:
    socket = ("/run/shop.sock", None)
    await serve(TelemetryMiddleware(answer, **recorded.providers), headers=[], server=socket)

    attributes = recorded.span().attributes or {}
    assert attributes["server.address"] == "/run/shop.sock"
    assert "server.port" not in attributes


async def test_callers_trace_goes_on(recorded: Recorded) -> None:
    headers = [(b"host", b"shop.example"), (b"traceparent", PARENT)]
    await serve(TelemetryMiddleware(answer, **recorded.providers), headers=headers)

    span = recorded.span()
    assert span.parent is not None
    assert format_trace_id(span.parent.trace_id).encode() in PARENT
    assert format_span_id(span.parent.span_id).encode() in PARENT


async def test_span_that_is_not_recorded_costs_no_attributes(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[RequestAttributes] = []
    read = RequestAttributes._read

    def count(attributes: RequestAttributes) -> dict[str, str | int]:
        reads.append(attributes)
        return read(attributes)

    monkeypatch.setattr(RequestAttributes, "_read", count)
    unsampled, sampled = record(ALWAYS_OFF), record()

    await serve(TelemetryMiddleware(answer, **unsampled.providers))
    assert not reads

    await serve(TelemetryMiddleware(answer, **sampled.providers))
    assert len(reads) == 1
    assert not unsampled.spans()
