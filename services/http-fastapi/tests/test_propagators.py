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
BEGINNINGS = ("traceparent", "tracestate", "b3", "x-b3", "uber", "x-amzn", "x-datadog")


def datadog(trace: str, span: str) -> dict[str, str]:
    return {
        "x-datadog-trace-id": str(int(trace[16:], 16)),
        "x-datadog-parent-id": str(int(span, 16)),
        "x-datadog-sampling-priority": "1",
        "x-datadog-tags": f"_dd.p.tid={trace[:16]}",
    }


# What the caller sends for its span, and the bank receives for the service's.
HEADERS: dict[str, Callable[[str, str], dict[str, str]]] = {
    "b3": lambda trace, span: {"b3": f"{trace}-{span}-1"},
    "b3multi": lambda trace, span: {"x-b3-traceid": trace, "x-b3-spanid": span, "x-b3-sampled": "1"},
    "jaeger": lambda trace, span: {"uber-trace-id": f"{trace}:{span}:0:01"},
    "xray": lambda trace, span: {
        "x-amzn-trace-id": f"Root=1-{trace[:8]}-{trace[8:]};Parent={span};Sampled=1"
    },
    "datadog": datadog,
    "tracecontext,b3": lambda trace, span: {
        "traceparent": f"00-{trace}-{span}-01",
        "b3": f"{trace}-{span}-1",
    },
}


def post(url: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
    sent = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, json.dumps(body).encode(), sent)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


@pytest.mark.parametrize("names", HEADERS)
def test_trace_goes_from_the_caller_through_the_service_to_the_bank(
    serve: Serve, service_command: Any, bank: FlakyServer, otlp_sink: Sink, names: str
) -> None:
    environment = {"OTEL_PROPAGATORS": names, "HTTP_FASTAPI_PAYMENTS_URL": bank.url}
    address = serve(service_command, {**otlp_sink.environment(), **environment}).address
    order = post(f"{address}/orders", {"item": "tea"})
    headers = HEADERS[names](TRACE_ID, PARENT_ID)

    post(f"{address}/orders/{order['id']}/payment", {"card_token": "tok_visa"}, headers)

    otlp_sink.wait_for_spans(lambda spans: sum(span.trace_id == TRACE_ID for span in spans) >= 2)
    server, client = sorted(otlp_sink.trace(TRACE_ID), key=lambda span: span.start_nanos)
    assert (server.kind, server.parent_span_id, client.kind) == ("SERVER", PARENT_ID, "CLIENT")
    (received,) = bank.received
    context = {name: value for name, value in received.headers.items() if name.startswith(BEGINNINGS)}
    assert context == HEADERS[names](TRACE_ID, client.span_id)
