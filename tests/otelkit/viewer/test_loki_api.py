"""Loki's query API over what arrived by OTLP, in Loki's own form."""

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from otelkit.viewer.log_labels import record_labels

from .conftest import NOON, Backend
from .loki_records import TRACE_ID, ask, lines, send


def test_answer_joins_the_labels_of_stream_and_metadata(backend: Backend) -> None:
    send(backend)

    (stream,) = ask(backend, "query_range", query='{service_name="pay"} |= "card"')["result"]

    assert stream["values"] == [[str(NOON + 11), "card DECLINED: {x}"]]
    assert stream["stream"] == {
        "service_name": "pay",
        "host_name": "node-1",
        "scope_name": "pay.orders",
        "severity_number": "17",
        "severity_text": "ERROR",
        "detected_level": "error",
        "shop_order_id": "pay-1",
        "shop_amount": "21",
        "trace_id": TRACE_ID,
        "span_id": "1".zfill(16),
    }


def test_limit_direction_and_times_choose_among_lines(backend: Backend) -> None:
    send(backend)
    everything = '{service_name=~".+"}'

    assert lines(backend, everything, limit=1) == ["11 card DECLINED: {x}"]
    assert lines(backend, everything, limit=1, direction="forward") == ["0 order taken"]
    assert lines(backend, everything, end=NOON + 1) == ["0 order taken"]
    assert lines(backend, everything, start=NOON + 11) == ["11 card DECLINED: {x}"]
    assert len(lines(backend, everything, start=NOON // 10**9, end=f"{NOON // 10**9 + 1}.5")) == 4
    assert len(lines(backend, everything, start="2027-01-15T08:00:00Z", end="2027-01-15T08:00:01Z")) == 4


def test_labels_are_those_of_streams_in_the_time_range(backend: Backend) -> None:
    send(backend)

    assert ask(backend, "labels") == ["service_name"]
    assert ask(backend, "label/service_name/values") == ["pay", "shop"]
    assert ask(backend, "labels", start=NOON + 10**9, end=NOON + 2 * 10**9) == []


def test_instant_query_of_lines_is_refused_as_loki_does(backend: Backend) -> None:
    page = backend.ask("/loki/api/v1/query", {"query": "{a=~`b`}"})

    assert page.status == 400
    assert page.text.startswith("log queries are not supported as an instant query type")


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("plain Error text", "error"),
        ("[WARNING] late, no error", "warn"),
        ("informal terrors", "unknown"),
        ("", "unknown"),
    ],
)
def test_level_of_a_record_that_says_none_is_the_first_word_for_one(line: str, level: str) -> None:
    record = LogRecord(body=AnyValue(string_value=line))

    assert record_labels(record) == {"detected_level": level}
