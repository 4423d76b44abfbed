"""`http.server.request.duration` and `http.server.active_requests`; excluded paths; lifespan."""

import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from otelkit.instrumentation.asgi import TelemetryMiddleware, instrument_app
from otelkit.instrumentation.asgi.metrics import BUCKETS_SECONDS
from otelkit.instrumentation.asgi.protocol import Message, Receive, Scope, Send
from tests.otelkit.instrumentation.asgi.conftest import Client, Record, Recorded, serve
from tests.otelkit.instrumentation.asgi.test_attributes import answer

DURATION, ACTIVE = "http.server.request.duration", "http.server.active_requests"


async def test_duration_has_the_conventions_attributes_and_buckets(recorded: Recorded) -> None:
    app = FastAPI()
    app.add_api_route("/orders/{order_id}", lambda order_id: order_id)
    instrument_app(app, **recorded.providers)

    await serve(app, "/orders/42")

    (point,) = recorded.points(DURATION)
    assert tuple(point.explicit_bounds) == BUCKETS_SECONDS
    assert 0 < point.sum < 5
    assert dict(point.attributes) == {
        "http.request.method": "GET",
        "url.scheme": "http",
        "http.route": "/orders/{order_id}",
        "http.response.status_code": 200,
        "network.protocol.version": "1.1",
    }


async def test_exemplar_leads_to_the_span(recorded: Recorded) -> None:
    await serve(TelemetryMiddleware(answer, **recorded.providers))

    (point,) = recorded.points(DURATION)
    context = recorded.span().context
    assert context is not None
    assert [(e.trace_id, e.span_id) for e in point.exemplars] == [(context.trace_id, context.span_id)]


async def test_what_is_not_sampled_is_measured_all_the_same(record: Record) -> None:
    recorded = record(ALWAYS_OFF)
    await serve(TelemetryMiddleware(answer, **recorded.providers))

    (point,) = recorded.points(DURATION)
    assert (point.count, list(point.exemplars)) == (1, [])


async def test_active_requests_are_counted_while_they_last(recorded: Recorded) -> None:
    seen: list[int] = []

    async def look(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend(point.value for point in recorded.points(ACTIVE))
        await answer(scope, receive, send)

    await serve(TelemetryMiddleware(look, **recorded.providers), method="POST")

    (after,) = recorded.points(ACTIVE)
    assert (seen, after.value) == ([1], 0)
    assert dict(after.attributes) == {"http.request.method": "POST", "url.scheme": "http"}


async def test_two_applications_share_the_instruments(recorded: Recorded) -> None:
    for _ in range(2):
        await serve(TelemetryMiddleware(answer, **recorded.providers))

    assert [point.count for point in recorded.points(DURATION)] == [2]
    assert len(recorded.points(ACTIVE)) == 1


@pytest.mark.parametrize("by_environment", [True, False])
async def test_excluded_path_leaves_no_telemetry(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch, by_environment: bool
) -> None:
    patterns = "^/healthz$, ^/metrics$"
    if by_environment:
        monkeypatch.setenv("OTEL_PYTHON_ASGI_EXCLUDED_URLS", patterns)
    app = TelemetryMiddleware(
        answer, excluded_urls=None if by_environment else patterns, **recorded.providers
    )

    for path in ("/healthz", "/metrics", "/orders/healthz"):
        await serve(app, path)

    assert [(span.attributes or {})["url.path"] for span in recorded.spans()] == ["/orders/healthz"]
    assert [point.count for point in recorded.points(DURATION)] == [1]


def test_wrong_pattern_is_named_with_the_remedy() -> None:
    with pytest.raises(ValueError, match=r"excluded_urls: '\(' is no regular expression .*\^/healthz\$"):
        TelemetryMiddleware(answer, excluded_urls="(")


async def test_lifespan_passes_through(recorded: Recorded) -> None:
    async def start(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})

    startup: Message = {"type": "lifespan.startup"}
    client = Client(messages=[startup])
    await TelemetryMiddleware(start, **recorded.providers)({"type": "lifespan"}, client.receive, client.send)

    assert client.sent == [{"type": "lifespan.startup.complete"}]
    assert not recorded.spans()
