"""The list of traces is searched and paged; mistakes and failures are said on pages."""

import html
import re

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from .conftest import NOON, SECOND, Backend, make_span

MILLISECOND = 10**6
ERROR = Status(code=Status.STATUS_CODE_ERROR)


def test_list_says_so_when_there_is_nothing(backend: Backend) -> None:
    nothing, filtered = backend.get("/").text, backend.get("/?status=error").text

    assert "No traces yet" in nothing
    assert "Send OTLP to this viewer" in nothing
    assert "No traces match" in filtered
    assert "Send OTLP to this viewer" not in filtered


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


def test_older_traces_are_on_the_next_page(backend: Backend) -> None:
    backend.send_spans(*(make_span(number, trace=number) for number in range(1, 151)))

    first = backend.get("/?service=shop")
    older = re.search(r'href="(/\?service=shop&amp;before=\d+)"', first.text)
    assert older is not None
    second = backend.get(html.unescape(older[1]))

    assert [page.text.count('class="what"') for page in (first, second)] == [100, 50]
    assert "Older traces" not in second.text


def test_no_trace_is_lost_between_pages_when_traces_overlap(backend: Backend) -> None:
    spans = []
    for number in range(1, 602):
        begin = NOON + number * MILLISECOND
        root = make_span(1, trace=number, start_time_unix_nano=begin, end_time_unix_nano=begin + SECOND)
        late = make_span(2, parent=1, trace=number, name="pay", end_time_unix_nano=begin + SECOND)
        late.start_time_unix_nano = begin + SECOND // 2
        spans += [root, late]
    backend.send_spans(*spans)

    seen: list[str] = []
    page = backend.get("/?name=pay").text
    while older := re.search(r'href="([^"]+)" data-row>Older traces', page):
        seen += re.findall(r'href="/trace/(\w+)"', page)
        page = backend.get(html.unescape(older[1])).text
    seen += re.findall(r'href="/trace/(\w+)"', page)

    assert [int(trace_id, 16) for trace_id in seen] == list(range(601, 0, -1))


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
