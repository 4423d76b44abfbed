"""Pages of logs, metrics and the map: what they show, and where they lead."""

import html
import re

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.signals import Signal

from .conftest import NOON, SECOND, Backend, make_span

TRACE, SPAN = "01" * 16, "02" * 8


def send_line(backend: Backend, text: str, severity: int = 9, service: str = "shop", at: int = NOON) -> None:
    request = ExportLogsServiceRequest()
    group = request.resource_logs.add()
    group.resource.attributes.add(key="service.name").value.string_value = service
    record = group.scope_logs.add().log_records.add(
        severity_number=severity,
        time_unix_nano=at,
        trace_id=bytes.fromhex(TRACE),
        span_id=bytes.fromhex(SPAN),
    )
    record.body.string_value = text
    record.attributes.add(key="item").value.string_value = "tea"
    backend.send(request, Signal.LOGS)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["second", "first"]),
        ("?service=stock", ["second"]),
        ("?severity=warn", ["second"]),
        ("?text=IRS", ["first"]),
        ("?attribute=item=tea", ["second", "first"]),
        ("?attribute=item=coffee", []),
        (f"?trace={TRACE}", ["second", "first"]),
        ("?trace=7", []),
        ("?from=2027-01-15T08:00:01", ["second"]),
    ],
)
def test_log_records_are_searched_and_lead_to_their_span(
    backend: Backend, query: str, shown: list[str]
) -> None:
    send_line(backend, "first")
    send_line(backend, "second", severity=17, service="stock", at=NOON + SECOND)

    text = backend.get(f"/logs{query}").text

    assert re.findall(r'class="message">(.+?)<', text) == shown
    assert text.count(f'href="/trace/{TRACE}?span={SPAN}#s{SPAN}"') == len(shown)


def test_tail_goes_on_from_where_it_ended(backend: Backend) -> None:
    send_line(backend, "old")
    follow = re.search(r'data-tail="([^"]+)" data-after="(\d+)"', backend.get("/logs?service=shop").text)
    assert follow is not None
    send_line(backend, "new", at=NOON - SECOND)  # what arrives late is new, too
    send_line(backend, "of another", service="stock")

    first = backend.get(f"{html.unescape(follow[1])}&after={follow[2]}")
    second = backend.get(f"/logs/tail?service=shop&after={first.headers['x-after']}")

    assert re.findall(r'class="message">(.+?)<', first.text) == ["new"]
    assert "<html" not in first.text
    assert second.text.strip() == ""
    assert second.headers["x-after"] == first.headers["x-after"]


def test_older_records_are_on_the_next_page(backend: Backend) -> None:
    request = ExportLogsServiceRequest()
    records = request.resource_logs.add().scope_logs.add().log_records
    for number in range(250):
        records.add(time_unix_nano=NOON + number).body.int_value = number
    backend.send(request, Signal.LOGS)

    older = re.search(r'<a href="(/logs\?before=[^"]+)" data-row>Older logs', backend.get("/logs").text)
    assert older is not None
    page = backend.get(html.unescape(older[1])).text

    assert [int(number) for number in re.findall(r'class="message">(\d+)<', page)] == list(range(50, -1, -1))
    assert "Older logs" not in page


def test_metrics_of_the_telemetry_itself_stand_apart_and_charts_lead_to_traces(backend: Backend) -> None:
    request = ExportMetricsServiceRequest()
    metrics = request.resource_metrics.add().scope_metrics.add().metrics
    for name in ("shop.queue", "otel.sdk.span.live"):
        for at in range(3):
            point = metrics.add(name=name, unit="{order}").gauge.data_points.add(
                as_int=at, time_unix_nano=NOON + at * SECOND
            )
            point.exemplars.add(
                trace_id=bytes.fromhex(TRACE),
                span_id=bytes.fromhex(SPAN),
                time_unix_nano=NOON,
                as_double=1,
            )
    backend.send(request, Signal.METRICS)

    listed = backend.get("/metrics").text
    chart = backend.get("/metric?service=&name=shop.queue").text

    assert listed.index("shop.queue") < listed.index("1 metric of the telemetry itself")
    assert listed.index("1 metric of the telemetry itself") < listed.index("otel.sdk.span.live")
    assert '<td class="number">3</td>' in listed
    assert "otel.sdk" not in backend.get("/metrics?name=SHOP").text
    assert "Value (order)" in chart
    assert 'class="curve l0" d="M' in chart
    assert f'<a href="/trace/{TRACE}?span={SPAN}#s{SPAN}"' in chart


@pytest.mark.parametrize(("seconds_before", "shown"), [(12, True), (3600, False)])
def test_exemplar_of_the_first_point_was_measured_before_it(
    backend: Backend, seconds_before: int, *, shown: bool
) -> None:
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="shop.queue")
    point = metric.gauge.data_points.add(as_int=1, time_unix_nano=NOON)
    point.exemplars.add(
        trace_id=bytes.fromhex(TRACE), time_unix_nano=NOON - seconds_before * SECOND, as_double=1
    )
    backend.send(request, Signal.METRICS)

    chart = backend.get("/metric?service=&name=shop.queue").text

    assert (f'href="/trace/{TRACE}' in chart) == shown


def test_map_leads_to_traces_of_what_is_called(backend: Backend) -> None:
    client = make_span(1, kind=Span.SPAN_KIND_CLIENT)
    query = make_span(3, parent=2, kind=Span.SPAN_KIND_CLIENT)
    query.attributes.add(key="db.system.name").value.string_value = "postgresql"
    backend.send_spans(client, service="shop")
    backend.send_spans(make_span(2, parent=1, kind=Span.SPAN_KIND_SERVER), query, service="stock & more")

    text = backend.get("/map").text

    assert 'href="/?service=stock%20%26%20more"' in text
    assert 'href="/?attributes=db.system.name%3D%22postgresql%22"' in text
    assert "No calls between services" in backend.get("/map?to=2020-01-01T00:00").text
