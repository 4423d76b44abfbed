"""The service as a process between two peers of another format: one trace, one format on both sides."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from otelkit.testing import Sink
from otelkit.testing.flaky import FlakyServer
from otelkit.testing.processes import ServiceProcess

Serve = Callable[..., ServiceProcess]
TRACE_ID, PARENT_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
FORMATS = {
    "b3": {"b3": f"{TRACE_ID}-{PARENT_ID}-1"},
    "b3multi": {"X-B3-TraceId": TRACE_ID, "X-B3-SpanId": PARENT_ID, "X-B3-Sampled": "1"},
    "jaeger": {"uber-trace-id": f"{TRACE_ID}:{PARENT_ID}:0:1"},
    "xray": {"X-Amzn-Trace-Id": f"Root=1-{TRACE_ID[:8]}-{TRACE_ID[8:]};Parent={PARENT_ID};Sampled=1"},
    "tracecontext,b3": {"b3": f"{TRACE_ID}-{PARENT_ID}-1"},
}
WRITTEN = {
    "b3": ["b3"],
    "b3multi": ["x-b3-sampled", "x-b3-spanid", "x-b3-traceid"],
    "jaeger": ["uber-trace-id"],
    "xray": ["x-amzn-trace-id"],
    "tracecontext,b3": ["b3", "traceparent"],
}
BEGINNINGS = ("traceparent", "tracestate", "b3", "x-b3", "uber", "x-amzn")


def post(url: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
    sent = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, json.dumps(body).encode(), sent)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


@pytest.mark.parametrize("names", FORMATS)
def test_trace_goes_from_the_caller_through_the_service_to_the_bank(
    serve: Serve, service_command: Any, bank: FlakyServer, otlp_sink: Sink, names: str
) -> None:
    environment = {"OTEL_PROPAGATORS": names, "HTTP_FASTAPI_PAYMENTS_URL": bank.url}
    address = serve(service_command, {**otlp_sink.environment(), **environment}).address
    order = post(f"{address}/orders", {"item": "tea"})

    post(f"{address}/orders/{order['id']}/payment", {"card_token": "tok_visa"}, FORMATS[names])

    otlp_sink.wait_for_spans(lambda spans: any(span.kind == "CLIENT" for span in spans))
    server, client = sorted(otlp_sink.trace(TRACE_ID), key=lambda span: span.start_nanos)
    assert (server.kind, server.parent_span_id, client.kind) == ("SERVER", PARENT_ID, "CLIENT")
    (received,) = bank.received
    context = {name: value for name, value in received.headers.items() if name.startswith(BEGINNINGS)}
    assert sorted(context) == WRITTEN[names]
    text = " ".join(context.values()).replace("-", "")
    assert TRACE_ID in text
    assert client.span_id in text
