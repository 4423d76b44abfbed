"""Attributes, their values and the spans that matched, as Tempo 3.0 answers them."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from .conftest import NOON, Backend, make_span


def send(backend: Backend) -> None:
    spans = [make_span(number) for number in (1, 2, 3)]
    for span in spans:
        span.attributes.add(key="shop.tier").value.string_value = "gold" if span.span_id[-1] < 3 else "iron"
        span.attributes.add(key="shop.size").value.int_value = span.span_id[-1]
    spans[2].status.code = Status.STATUS_CODE_ERROR
    backend.send_spans(*spans)


def ask(backend: Backend, path: str) -> Any:
    page = backend.get(f"/api/{path}")
    assert page.status == 200, page.text
    return json.loads(page.text)


@pytest.mark.parametrize("sealed", [False, True])
def test_tags_and_their_values_are_listed(backend: Backend, *, sealed: bool) -> None:
    send(backend)
    if sealed:
        backend.viewer._writer._store.close()

    assert ask(backend, "search/tags")["tagNames"] == ["service.name", "shop.size", "shop.tier"]
    scopes = {each["name"]: each["tags"] for each in ask(backend, "v2/search/tags")["scopes"]}
    assert (scopes["span"], scopes["resource"]) == (["shop.size", "shop.tier"], ["service.name"])
    assert ask(backend, "search/tag/shop.tier/values")["tagValues"] == ["gold", "iron"]
    values = ask(backend, "v2/search/tag/span.shop.size/values")["tagValues"]
    assert values == [{"type": "int", "value": str(number)} for number in (1, 2, 3)]
    assert ask(backend, "v2/search/tag/resource.shop.size/values")["tagValues"] == []


@pytest.mark.parametrize(
    ("tag", "kind", "some"),
    [
        ("name", "string", "span 2"),
        ("status", "keyword", "error"),
        ("kind", "keyword", "consumer"),
        ("resource.service.name", "string", "shop"),
    ],
)
def test_values_of_what_every_span_has(backend: Backend, tag: str, kind: str, some: str) -> None:
    send(backend)

    assert {"type": kind, "value": some} in ask(backend, f"v2/search/tag/{tag}/values")["tagValues"]


def test_tag_without_a_scope_is_refused_in_version_two(backend: Backend) -> None:
    page = backend.get("/api/v2/search/tag/nothing/values")

    assert (page.status, "valid tagName" in page.text) == (400, True)


def test_unknown_scope_is_refused(backend: Backend) -> None:
    page = backend.get("/api/v2/search/tags?scope=nothing")

    assert (page.status, page.text.startswith("invalid scope")) == (400, True)


def test_trace_found_by_query_shows_which_spans_matched(backend: Backend) -> None:
    send(backend)

    query = quote(
        '{ span.shop.tier = "gold" && name =~ "span.*" && status = unset && .service.name = "shop" }'
    )
    (trace,) = ask(backend, f"search?q={query}&spss=1")["traces"]

    first = {
        "spanID": "1".zfill(16),
        "name": "span 1",
        "startTimeUnixNano": str(NOON + 1),
        "durationNanos": str(10**9 - 1),
        "attributes": [
            {"key": key, "value": {"stringValue": value}}
            for key, value in {"status": "unset", "shop.tier": "gold", "service.name": "shop"}.items()
        ],
    }
    assert trace["spanSets"] == [{"spans": [first], "matched": 2}]
    assert trace["spanSet"] == trace["spanSets"][0]
    assert trace["serviceStats"] == {"shop": {"spanCount": 3, "errorCount": 1}}
    assert "spanSets" not in ask(backend, "search")["traces"][0]
