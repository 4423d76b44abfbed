"""Telemetry that means harm, or is beyond all measure, leaves pages whole, quick and within the screen."""

import math
from collections.abc import Iterator

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from playwright.sync_api import Browser, Page, expect

from otelkit.signals import Signal
from tests.browser.conftest import NARROW, address_of, watched
from tests.otelkit.viewer.conftest import NOON, SECOND, Backend, make_span

MARKUP = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7 * 7 }}'
BIDI = "\u202egnp.exe\u2066\u200b\x00\x1b[31m\ud7ff"
ZALGO = "a" + "\u0301" * 300
LONG = "n" * 2**18
NAMES = (MARKUP, BIDI, ZALGO, LONG, "<!--", "שלום עולם", "")


@pytest.fixture
def own_page(browser: Browser, backend: Backend) -> Iterator[Page]:
    with browser.new_context(viewport=NARROW, base_url=address_of(backend)) as context:
        for page in watched(context):
            page.on("dialog", lambda dialog: pytest.fail(f"a script of a sender ran: {dialog.message}"))
            yield page


def test_names_of_every_kind_of_malice_are_text_within_the_screen(own_page: Page, backend: Backend) -> None:
    spans = []
    for number, name in enumerate(NAMES, 1):
        span = make_span(number, parent=number - 1, name=name, kind=number)
        span.status.message = name
        span.attributes.add(key=name).value.string_value = name
        span.events.add(name=name, time_unix_nano=2**63).attributes.add(key=name).value.string_value = name
        span.links.add(trace_id=span.trace_id, span_id=span.span_id)
        backend.send_spans(span, service=name)
        spans.append(span)
    logs = ExportLogsServiceRequest()
    for name in NAMES:
        group = logs.resource_logs.add()
        group.resource.attributes.add(key="service.name").value.string_value = name
        record = group.scope_logs.add().log_records.add(trace_id=spans[0].trace_id, severity_number=17)
        record.body.string_value = name
    backend.send(logs, Signal.LOGS)

    places = ["/", "/logs", "/map", *(f"/trace/1?span={span.span_id.hex()}" for span in spans)]
    for place in places:
        own_page.goto(place)
        assert own_page.evaluate("document.documentElement.scrollWidth") == NARROW["width"], place
        assert own_page.locator("img, main script").count() == 0
        text = own_page.inner_text("body")
        assert not any(character in text for character in "\u202e\u2066\u200b\x00\x1b"), place
    own_page.goto("/trace/1")
    own_page.locator(".line").first.click()
    expect(own_page.locator(".inside .error")).to_have_text(MARKUP)


def test_trace_ten_thousand_deep_is_walked_by_keys(own_page: Page, backend: Backend) -> None:
    backend.send_spans(*(make_span(number, parent=number - 1) for number in range(1, 10_001)))
    own_page.goto("/trace/1")

    for _ in range(3):
        own_page.keyboard.press("j")
    own_page.keyboard.press("Enter")

    expect(own_page.get_by_role("region", name="Details of span 3")).to_be_visible()
    expect(own_page.locator(".warning")).to_contain_text("the first 2,000 of 10,000 spans")
    own_page.goto(f"/trace/1?span={(9_000).to_bytes(8, 'big').hex()}")
    expect(own_page.get_by_role("heading", name="span 9000")).to_contain_text("not among the spans below")
    assert own_page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]


def test_points_that_are_no_numbers_and_clocks_that_are_wrong_are_drawn_around(
    own_page: Page, backend: Backend
) -> None:
    values = (1.0, math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324, 2.0)
    request = ExportMetricsServiceRequest()
    metrics = request.resource_metrics.add().scope_metrics.add().metrics
    gauge = metrics.add(name="wild", unit=MARKUP).gauge
    for place, value in enumerate(values):
        point = gauge.data_points.add(as_double=value, time_unix_nano=NOON + place * SECOND)
        point.attributes.add(key=MARKUP).value.string_value = LONG
        point.exemplars.add(trace_id=b"\1" * 16, as_double=value, time_unix_nano=2**64 - 1)
    gauge.data_points.add(as_double=1, time_unix_nano=0)
    gauge.data_points.add(as_double=1, time_unix_nano=2**64 - 1)
    metrics.add(name="silent").gauge.SetInParent()
    histogram = metrics.add(name="odd", unit="s").histogram.data_points.add(time_unix_nano=NOON, count=2**63)
    histogram.explicit_bounds.extend([math.nan, -1, math.inf])
    histogram.bucket_counts.extend([1])
    backend.send(request, Signal.METRICS)

    for name, shown in (("wild", "Value"), ("silent", "Nothing to draw"), ("odd", "Nothing to draw")):
        own_page.goto(f"/metric?service=&name={name}")
        expect(own_page.locator("main")).to_contain_text(shown)
        assert own_page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
        assert "nan" not in own_page.inner_html("main").lower().replace(LONG[:50], "")
