"""The query API answers in Tempo's form, for the client that also asks Tempo."""

import base64
import json

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status, TracesData

from otelkit.traces import spans_of

from .conftest import NOON, SECOND, Backend, make_span

ERROR = Status(code=Status.STATUS_CODE_ERROR)


def test_trace_comes_back_as_it_was_sent(backend: Backend) -> None:
    root = make_span(1)
    root.attributes.add(key="http.route").value.string_value = "/orders"
    sent = [root, make_span(2, parent=1, status=ERROR)]
    backend.send_spans(*sent)

    spans = backend.tempo.trace("1")

    assert [(span.name, span.parent_span_id, span.status) for span in spans] == [
        ("span 1", "", "UNSET"),
        ("span 2", "0000000000000001", "ERROR"),
    ]
    assert spans[0].attributes == {"http.route": "/orders"}
    assert (spans[0].service_name, spans[0].scope) == ("shop", "shop.tests")


def test_json_has_batches_with_base64_ids_and_names_of_enums(backend: Backend) -> None:
    backend.send_spans(make_span(1, kind=Span.SPAN_KIND_SERVER))

    batch = json.loads(backend.get("/api/traces/1").text)["batches"][0]

    span = batch["scopeSpans"][0]["spans"][0]
    assert base64.b64decode(span["traceId"]) == (1).to_bytes(16, "big")
    assert span["kind"] == "SPAN_KIND_SERVER"
    assert span["startTimeUnixNano"] == str(NOON + 1)


def test_protobuf_of_many_parts_is_one_traces_data(backend: Backend) -> None:
    for service in ("shop", "stock"):
        backend.send_spans(*(make_span(n) for n in range(1, 251)), service=service)

    page = backend.get("/api/traces/1", accept="application/protobuf")

    assert page.headers["content-type"] == "application/protobuf"
    data = TracesData.FromString(page.text.encode("utf-8", "surrogateescape"))
    assert len(spans_of(data.resource_spans)) == 250


@pytest.mark.parametrize(
    ("trace_id", "status"),
    [("2", 404), ("0" * 32, 404), ("g", 400), ("1" * 33, 400), ("\u0661", 400), ("%00", 400)],
)
def test_unknown_trace_is_404_and_what_is_no_id_400(backend: Backend, trace_id: str, status: int) -> None:
    assert backend.get(f"/api/traces/{trace_id}").status == status


def test_search_answers_in_tempos_form_newest_first(backend: Backend) -> None:
    backend.send_spans(make_span(1, trace=0xA), make_span(2, parent=1, trace=0xB))
    later = NOON + 5 * SECOND
    backend.send_spans(make_span(3, trace=0xC, start_time_unix_nano=later, end_time_unix_nano=later + 1))

    found = json.loads(backend.get("/api/search").text)

    assert found["metrics"] == {}
    assert [trace["traceID"] for trace in found["traces"]] == ["c", "b", "a"]
    assert found["traces"][1]["rootServiceName"] == "<root span not yet received>"
    assert found["traces"][2] == {
        "traceID": "a",
        "rootServiceName": "shop",
        "rootTraceName": "span 1",
        "startTimeUnixNano": str(NOON + 1),
        "durationMs": 999,
    }


def test_echo_and_health(backend: Backend) -> None:
    assert backend.get("/api/echo").text == "echo"
    assert backend.get("/healthz").status == 200
