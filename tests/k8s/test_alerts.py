"""Alerts ask for metrics that there are: a Collector that refuses shows them."""

import re
import time
from pathlib import Path

import grpc

from tests.collector.payloads import send_spans, span
from tests.collector.process import RunningCollector
from tests.k8s.conftest import Rendered

# Shown only when a backend refuses for good; the names are of the Collector's own documentation.
SELDOM = {f"otelcol_exporter_send_failed_{items}" for items in ("spans", "metric_points", "log_records")}
# Shown when such items come in, which here are spans alone.
OTHER_SIGNALS = {
    f"otelcol_{what}_{items}"
    for what in ("receiver_refused", "exporter_enqueue_failed")
    for items in ("metric_points", "log_records")
}
_NAME = re.compile(r"\botelcol_\w+")
SEND_SECONDS = 30


def asked_for(rendered: Rendered) -> set[str]:
    rule = rendered("prometheus-operator").find("PrometheusRule", "shop")
    assert rule is not None
    groups = rule["spec"]["groups"]
    return {name for group in groups for alert in group["rules"] for name in _NAME.findall(alert["expr"])}


def refused(collector: RunningCollector) -> None:
    """Send until the queue is full."""
    deadline = time.monotonic() + SEND_SECONDS
    while time.monotonic() < deadline:
        try:
            send_spans(collector.grpc_target, [span(number) for number in range(10)])
        except grpc.RpcError:
            return
    raise AssertionError("the queue never fills")


def test_metrics_of_alerts_are_shown_by_a_collector_that_refuses(
    rendered: Rendered, binary: Path, tmp_path: Path
) -> None:
    names = asked_for(rendered)
    collector = RunningCollector(binary, tmp_path, "127.0.0.1:9", COLLECTOR_QUEUE_BYTES="70000")
    try:
        refused(collector.start())
        _, page = collector.get("METRICS_PORT", "/metrics")
    finally:
        collector.stop()

    assert len(names) >= 4
    assert names - SELDOM - OTHER_SIGNALS - {name.split("{")[0] for name in page.split()} == set()
