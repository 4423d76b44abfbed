"""The Collector says how it is: a health check and metrics about itself."""

from tests.collector.payloads import send_spans, span
from tests.collector.process import RunningCollector


def test_health_check_is_green(running: RunningCollector) -> None:
    status, body = running.get("HEALTH_PORT", "/")

    assert status == 200
    assert "Server available" in body


def test_own_metrics_count_accepted_spans(running: RunningCollector) -> None:
    send_spans(running.grpc_target, [span(1), span(2)])

    _, body = running.get("METRICS_PORT", "/metrics")

    accepted = [line for line in body.splitlines() if line.startswith("otelcol_receiver_accepted_spans")]
    assert len(accepted) == 1
    assert int(float(accepted[0].rsplit(" ", 1)[1])) == 2
