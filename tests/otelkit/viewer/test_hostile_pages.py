"""What is hostile is escaped, cut and shown quickly."""

import re
import time

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from otelkit.signals import Signal

from .conftest import NOON, Backend, make_span

SCRIPT = "<script>alert(1)</script>"


PAGES = [
    "/",
    "/trace/1",
    "/trace/1?span=0000000000000001",
    "/trace/1/text",
    "/logs",
    "/logs/tail?after=0",
    "/metrics",
    f"/metric?service={SCRIPT}&name={SCRIPT}",
    "/map",
    f"/?name={SCRIPT}&min={SCRIPT}",
    f"/{SCRIPT}",
]


@pytest.mark.parametrize("page", PAGES)
def test_hostile_text_is_escaped_and_no_script_may_run(backend: Backend, page: str) -> None:
    span = make_span(1, name=f"{SCRIPT}\u202e\x00", trace_state=SCRIPT, kind=99)
    span.attributes.add(key=SCRIPT).value.array_value.values.add().string_value = SCRIPT
    span.status.message = SCRIPT
    backend.send_spans(span, service=SCRIPT)
    logs = ExportLogsServiceRequest()
    record = logs.resource_logs.add().scope_logs.add().log_records.add(trace_id=span.trace_id)
    record.body.kvlist_value.values.add(key=SCRIPT).value.string_value = SCRIPT
    backend.send(logs, Signal.LOGS)
    metrics = ExportMetricsServiceRequest()
    group = metrics.resource_metrics.add()
    group.resource.CopyFrom(logs.resource_logs[0].resource)
    group.resource.attributes.add(key="service.name").value.string_value = SCRIPT
    metric = group.scope_metrics.add().metrics.add(name=SCRIPT, unit=SCRIPT)
    point = metric.gauge.data_points.add(as_double=1, time_unix_nano=NOON)
    point.attributes.add(key=SCRIPT).value.string_value = SCRIPT
    backend.send(metrics, Signal.METRICS)

    answer = backend.get(page)

    own = r'<script (?:type="module" )?src="/static/[a-z]+\.js\?[0-9a-f]+"></script>'
    plain = answer.headers["content-type"].startswith("text/plain")
    assert plain or "<script" not in re.sub(own, "", answer.text)
    assert "\u202e" not in answer.text
    assert "\x00" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_accents_upon_accents_do_not_grow_over_their_neighbours(backend: Backend) -> None:
    backend.send_spans(make_span(1, name="caf\u0301e\u0301" + "\u0301" * 50))

    text = backend.get("/trace/1").text

    assert "caf\u0301e\u0301\u0301\u0301\u0301\\u0301" in text
    assert "\u0301" * 5 not in text


def test_rings_orphans_and_clocks_that_go_back_are_shown(backend: Backend) -> None:
    backend.send_spans(
        make_span(1, parent=2),
        make_span(2, parent=1),
        make_span(3, parent=9),
        make_span(4, start_time_unix_nano=NOON, end_time_unix_nano=NOON - 5_000_000),
        make_span(5, start_time_unix_nano=0, end_time_unix_nano=2**64 - 1),
        make_span(6, parent=6),
    )

    text = backend.get("/trace/1").text

    for shown in ("(parents form a ring)", "(parent missing)", "-5 ms", "213,504 d"):
        assert shown in text
    assert all(f"<b>span {number}</b>" in text for number in range(1, 7))


def test_megabyte_values_and_thousands_of_attributes_are_cut(backend: Backend) -> None:
    span = make_span(1, name="n" * 2**20)
    span.attributes.add(key="k" * 2**20).value.string_value = "v" * 2**20 + "OutOfStock: at the end"
    span.attributes.add(key="bytes").value.bytes_value = bytes(2**19)
    for number in range(5_000):
        span.attributes.add(key=f"a{number}").value.int_value = number
    backend.send_spans(span)

    page = backend.get("/trace/1").text
    text = backend.get("/trace/1/span/0000000000000001").text

    assert len(page) < 10_000
    assert len(text) < 100_000
    assert "(1,048,576 characters)" in page
    assert "(1,048,598 characters) … vvv" in text
    assert "OutOfStock: at the end" in text
    assert "and 4,874 more attributes" in text


def test_trace_ten_thousand_deep_is_shown_in_part_and_quickly(backend: Backend) -> None:
    backend.send_spans(*(make_span(number, parent=number - 1) for number in range(1, 10_001)))
    began = time.monotonic()

    text = backend.get("/trace/1").text

    assert time.monotonic() - began < 5
    assert "Shown are the first 2,000 of 10,000 spans" in text
    assert text.count('<div class="span"') == 2_000
    assert len(backend.tempo.trace("1")) == 10_000
