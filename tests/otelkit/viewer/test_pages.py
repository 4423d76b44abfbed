"""Pages show what arrived, escape what is hostile, and stay quick with what is huge."""

import html
import re

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from otelkit.signals import Signal

from .conftest import NOON, Backend, make_span

ERROR = Status(code=Status.STATUS_CODE_ERROR, message="out of stock")


def test_list_says_so_when_there_is_nothing(backend: Backend) -> None:
    assert "No traces yet" in backend.get("/").text
    assert "No traces match" in backend.get("/?status=error").text


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ("", {"first", "second"}),
        ("?service=stock", {"second"}),
        ("?name=IRS", {"first"}),
        ("?status=error", {"second"}),
        ("?status=unset", {"first"}),
        ("?min=2s", set()),
        ("?max=2s&service=stock", {"second"}),
        ("?max=1ms", set()),
        ("?attributes=retries=3", {"first"}),
        ("?attributes={ .retries > 2 }", {"first"}),
        ("?attributes={ .retries > 3 }", set()),
        ("?from=2027-01-15T08:00:00&to=2027-01-15T08:00:02", {"first", "second"}),
        ("?from=2027-01-15T08:00:02", set()),
        ("?to=2027-01-15T07:59:59.999", set()),
        ("?last=1h", {"first", "second"}),  # they lie in the future, and a clock may be wrong
        ("?service=shop&name=first&min=1ms", {"first"}),
    ],
)
def test_list_is_filtered(backend: Backend, filters: str, shown: set[str]) -> None:
    first = make_span(1, trace=1, name="first")
    first.attributes.add(key="retries").value.int_value = 3
    backend.send_spans(first)
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


def test_older_traces_are_on_the_next_page(backend: Backend) -> None:
    backend.send_spans(*(make_span(number, trace=number) for number in range(1, 151)))

    first = backend.get("/?service=shop")
    older = re.search(r'href="(/\?service=shop&amp;before=\d+)"', first.text)
    assert older is not None
    second = backend.get(html.unescape(older[1]))

    assert [page.text.count('class="what"') for page in (first, second)] == [100, 50]
    assert "Older traces" not in second.text


def test_trace_is_found_by_its_id(backend: Backend) -> None:
    page = backend.get("/trace?id=7B")

    assert (page.status, page.headers["location"]) == (303, f"/trace/{'7b'.zfill(32)}")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/trace/zz", 400),
        ("/trace/7", 404),
        ("/trace/7?span=x", 404),
        ("/trace/7/span/x", 400),
        (f"/trace/7/span/{'1' * 16}", 404),
        ("/logs/tail?after=x", 400),
        ("/nowhere", 404),
        ("/static/nothing.js", 404),
    ],
)
def test_failures_are_pages_too(backend: Backend, path: str, status: int) -> None:
    page = backend.get(path)

    assert page.status == status
    assert f"<h1>{status}</h1>" in page.text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/?min=x", "&#39;x&#39; is not a duration"),
        ("/?status=bad", "is not ok, error or unset"),
        ("/?attributes={", "is not supported here"),
        ("/?from=yesterday", "from=&#39;yesterday&#39; is not a time"),
        ("/?from=2027-01-02T00:00&to=2027-01-01T00:00", "exchange them"),
        ("/logs?severity=loud", "severity=&#39;loud&#39; is none of trace, debug"),
        ("/logs?trace=x", "is not a trace id"),
        ("/logs?attribute=x", "has no value: write key=value"),
        ("/metric?name=x&last=x", "is not a duration"),
    ],
)
def test_mistake_in_a_form_is_said_above_it(backend: Backend, path: str, said: str) -> None:
    page = backend.get(path)

    assert page.status == 400
    assert said in page.text
    assert '<form class="filters"' in page.text
