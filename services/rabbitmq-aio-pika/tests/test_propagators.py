"""With OTEL_PROPAGATORS=b3 a trace goes on through HTTP, the outbox and the broker, by that header alone."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from otelkit.testing import Sink
from rabbitmq_aio_pika.server import create_app
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.startup import start_telemetry

pytestmark = pytest.mark.integration
TRACE_ID, PARENT_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
QUEUE = ":shipments.standard"


@pytest.fixture
def client(
    otlp_sink: Sink, reset_telemetry: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """A client of the service over HTTP."""
    for name, value in {**otlp_sink.environment(), "OTEL_PROPAGATORS": "b3"}.items():
        monkeypatch.setenv(name, value)
    with TestClient(create_app(settings, start_telemetry())) as client:
        yield client


def test_shipment_of_a_b3_caller_is_one_trace_up_to_its_processing(
    client: TestClient, otlp_sink: Sink
) -> None:
    b3 = {"b3": f"{TRACE_ID}-{PARENT_ID}-1"}
    client.post("/shipments", json={"order_id": "order-1"}, headers=b3)

    spans = otlp_sink.wait_for_spans(
        lambda spans: any(span.name.endswith(QUEUE) and span.trace_id == TRACE_ID for span in spans)
    )
    in_trace = {span.span_id: span for span in spans if span.trace_id == TRACE_ID}
    (server,) = [span for span in in_trace.values() if span.kind == "SERVER"]
    (processed,) = [span for span in in_trace.values() if span.name.endswith(QUEUE)]
    assert server.parent_span_id == PARENT_ID
    assert in_trace[processed.parent_span_id or ""].kind == "PRODUCER"
