"""Pages show what arrived, escape what is hostile, and stay quick with what is huge."""

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from otelkit.signals import Signal

from .conftest import NOON, Backend, make_span

ERROR = Status(code=Status.STATUS_CODE_ERROR, message="out of stock")


def test_list_says_so_when_there_is_nothing(backend: Backend) -> None:
    assert "No traces yet" in backend.get("/").text
    assert "No traces match" in backend.get("/?errors=1").text


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ("", {"first", "second"}),
        ("?service=stock", {"second"}),
        ("?name=IRS", {"first"}),
        ("?errors=1", {"second"}),
        ("?min=2s", set()),
        ("?service=shop&name=first&min=1ms", {"first"}),
    ],
)
def test_list_is_filtered(backend: Backend, filters: str, shown: set[str]) -> None:
    backend.send_spans(make_span(1, trace=1, name="first"))
    backend.send_spans(make_span(2, trace=2, name="second", status=ERROR), service="stock")

    page = backend.get(f"/{filters}")

    assert {name for name in ("first", "second") if f"<b>{name}</b>" in page.text} == shown


def test_waterfall_shows_tree_attributes_events_links_and_logs(backend: Backend) -> None:
    child = make_span(2, parent=1, name="SELECT stock", status=ERROR, kind=3)
    child.attributes.add(key="db.system.name").value.string_value = "sqlite"
    child.events.add(name="exception", time_unix_nano=NOON + 1_000_002)
    child.links.add(trace_id=b"\xab" * 16, span_id=b"\xcd" * 8)
    backend.send_spans(child, make_span(1, name="POST /orders", kind=2))
    logs = ExportLogsServiceRequest()
    record = logs.resource_logs.add().scope_logs.add().log_records.add(trace_id=make_span().trace_id)
    record.body.string_value = "reserving two"
    backend.send(logs, Signal.LOGS)

    text = backend.get("/trace/1").text

    assert text.index("<b>POST /orders</b>") < text.index("<b>SELECT stock</b>")
    assert 'class="what d1"' in text
    for shown in (
        "SERVER",
        "CLIENT",
        "out of stock",
        "db.system.name",
        "sqlite",
        "exception",
        "reserving two",
    ):
        assert shown in text
    assert "at 1 ms" in text
    assert f'href="/trace/{"ab" * 16}#s{"cd" * 8}"' in text


def test_logs_link_to_their_trace_and_metrics_are_counted(backend: Backend) -> None:
    logs = ExportLogsServiceRequest()
    logs.resource_logs.add().scope_logs.add().log_records.add(trace_id=b"\x01" * 16, severity_number=17)
    backend.send(logs, Signal.LOGS)
    metrics = ExportMetricsServiceRequest()
    metric = (
        metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="shop.orders", unit="{order}")
    )
    for _ in range(3):
        metric.sum.data_points.add(as_int=1)
    backend.send(metrics, Signal.METRICS)
    backend.send(metrics, Signal.METRICS)

    assert f'href="/trace/{"01" * 16}"' in backend.get("/logs").text
    assert '<td class="number">6</td>' in backend.get("/metrics").text


@pytest.mark.parametrize(
    ("path", "status"), [("/trace/zz", 400), ("/trace/7", 404), ("/nowhere", 404), ("/?min=x", 400)]
)
def test_failures_are_pages_too(backend: Backend, path: str, status: int) -> None:
    page = backend.get(path)

    assert page.status == status
    assert f"<h1>{status}</h1>" in page.text
