"""With OTEL_PROPAGATORS=b3 a trace goes on through HTTP, JetStream and the notice, by that header alone."""

import pytest
from starlette.testclient import TestClient

from otelkit.testing import Sink

pytestmark = pytest.mark.integration
TRACE_ID, PARENT_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
NAMES = {"POST /orders", "publish orders.placed", "process orders.placed", "process shop.notices.{id}"}


@pytest.fixture
def b3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_PROPAGATORS", "b3")


def test_order_of_a_b3_caller_is_one_trace_up_to_the_notice(
    b3: None, client: TestClient, otlp_sink: Sink
) -> None:
    client.post("/orders", json={"item": "tea"}, headers={"b3": f"{TRACE_ID}-{PARENT_ID}-1"})

    otlp_sink.wait_for_spans(
        lambda spans: {span.name for span in spans if span.trace_id == TRACE_ID} >= NAMES
    )
    by_name = {span.name: span for span in otlp_sink.trace(TRACE_ID)}
    assert by_name["POST /orders"].parent_span_id == PARENT_ID
    published = by_name["publish orders.placed"]
    assert by_name["process orders.placed"].parent_span_id == published.span_id
