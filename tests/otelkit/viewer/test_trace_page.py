"""One trace: waterfall, details, links from both ends, text."""

import html
import re

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from otelkit.signals import Signal
from otelkit.viewer.records import MOST_LOGS

from .conftest import NOON, Backend, make_span

ERROR = Status(code=Status.STATUS_CODE_ERROR, message="out of stock")


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

    text = backend.get(f"/trace/1?span={child.span_id.hex()}").text

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
    assert f'href="/trace/{"ab" * 16}">trace {"ab" * 16}</a>, not stored here' in text


def test_link_is_followed_from_both_of_its_ends(backend: Backend) -> None:
    sent = make_span(1, trace=1, name="publish orders")
    received = make_span(2, trace=2, name="process orders")
    received.links.add(trace_id=sent.trace_id, span_id=sent.span_id)
    backend.send_spans(received, service="stock")
    backend.send_spans(sent)
    here, there = sent.span_id.hex(), received.span_id.hex()

    page, details = backend.get("/trace/1").text, backend.get(f"/trace/1/span/{here}").text
    other = backend.get(f"/trace/2/span/{there}").text

    assert 'title="linked from 1 span"' in page
    assert "Linked from" in details
    assert f'href="/trace/{received.trace_id.hex()}?span={there}#s{there}">process orders</a>' in details
    assert "Links to" in other
    assert f'href="/trace/{sent.trace_id.hex()}?span={here}#s{here}">publish orders</a>' in other


def test_trace_is_text_as_readmes_show_it(backend: Backend) -> None:
    root = make_span(1, name="POST /orders", kind=2)
    backend.send_spans(root, make_span(2, parent=1, name="SELECT", kind=3))

    page = backend.get("/trace/1/text")

    assert page.headers["content-type"] == "text/plain; charset=utf-8"
    assert page.text == "POST /orders [SERVER] UNSET\n└─ SELECT [CLIENT] UNSET\n"


@pytest.mark.parametrize(
    "value", ["tea", 'two "words" and \\ more', "a=b & <c>", "שלום", 3, True, -2.5, "x" * 200]
)
def test_attribute_leads_to_the_traces_that_have_it(backend: Backend, value: str | float) -> None:
    span = make_span(1, trace=1)
    field = {str: "string_value", bool: "bool_value", int: "int_value", float: "double_value"}[type(value)]
    setattr(span.attributes.add(key="item").value, field, value)
    backend.send_spans(span, make_span(2, trace=2))

    details = backend.get(f"/trace/1/span/{span.span_id.hex()}").text
    link = re.search(r'href="(/\?attributes=item[^"]+)"', details)
    assert link is not None
    found = backend.get(html.unescape(link[1])).text

    assert (f"/trace/{1:032}" in found, f"/trace/{2:032}" in found) == (True, False)


@pytest.mark.parametrize(
    ("key", "value"), [("a b", "x"), ("a=", "x"), ("name", "x"), ("k", "x" * 201), ("k", "")]
)
def test_attribute_that_no_field_can_ask_for_has_no_link(backend: Backend, key: str, value: str) -> None:
    span = make_span(1)
    span.attributes.add(key=key).value.string_value = value
    backend.send_spans(span)

    assert "Traces with this" not in backend.get("/trace/1/span/0000000000000001").text.split("Origin")[0]


def test_of_many_logs_the_first_are_shown_and_those_of_a_span_beside_it(backend: Backend) -> None:
    backend.send_spans(make_span(1), make_span(2, parent=1))
    logs = ExportLogsServiceRequest()
    records = logs.resource_logs.add().scope_logs.add().log_records
    for number in range(MOST_LOGS + 1):
        ids = make_span(2 if number == MOST_LOGS else 1)
        record = records.add(time_unix_nano=NOON + number, trace_id=ids.trace_id, span_id=ids.span_id)
        record.body.string_value = f"line {number:03}"
    backend.send(logs, Signal.LOGS)

    page = backend.get("/trace/1").text
    details = backend.get(f"/trace/1/span/{2:016x}").text

    assert re.findall(r"line \d{3}", page) == [f"line {number:03}" for number in range(MOST_LOGS)]
    assert re.findall(r"line \d{3}", details) == [f"line {MOST_LOGS}"]
