"""Loki's query API over what arrived by OTLP, in Loki's own form."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import SeverityNumber

from otelkit.signals import Signal

from .conftest import NOON, Backend

RANGE = {"start": NOON, "end": NOON + 10**9}
TRACE_ID = "7".zfill(32)


def encoded(parameters: Mapping[str, object]) -> str:
    return urlencode(parameters, quote_via=quote)


def send(backend: Backend) -> None:
    request = ExportLogsServiceRequest()
    for place, service in enumerate(("shop", "pay")):
        group = request.resource_logs.add()
        for key, value in {"service.name": service, "host.name": "node-1"}.items():
            group.resource.attributes.add(key=key).value.string_value = value
        scoped = group.scope_logs.add()
        scoped.scope.name = f"{service}.orders"
        for number, text in enumerate(("order taken", "card DECLINED: {x}")):
            record = scoped.log_records.add(time_unix_nano=NOON + 10 * number + place)
            record.body.string_value = text
            record.severity_number = SeverityNumber.Value(
                "SEVERITY_NUMBER_ERROR" if number else "SEVERITY_NUMBER_INFO"
            )
            record.severity_text = "ERROR" if number else "INFO"
            record.attributes.add(key="shop.order.id").value.string_value = f"{service}-{number}"
            record.attributes.add(key="shop.amount").value.double_value = 10.5 * (number + 1)
            if number:
                record.trace_id, record.span_id = bytes.fromhex(TRACE_ID), bytes(7) + b"\1"
    backend.send(request, Signal.LOGS)


def ask(backend: Backend, path: str, **parameters: object) -> Any:
    page = backend.get(f"/loki/api/v1/{path}?{encoded({**RANGE, **parameters})}")
    assert page.status == 200, page.text
    answer = json.loads(page.text)
    assert answer["status"] == "success"
    return answer["data"]


def lines(backend: Backend, query: str, **parameters: object) -> list[str]:
    data = ask(backend, "query_range", query=query, **parameters)
    assert data["resultType"] == "streams"
    values = [(int(time), line) for stream in data["result"] for time, line in stream["values"]]
    return [f"{time - NOON} {line}" for time, line in sorted(values)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('{service_name="shop"}', [0, 10]),
        ('{service_name=~"shop|pay"}', [0, 1, 10, 11]),
        ('{service_name=~".+", service_name!="shop"}', [1, 11]),
        ('{service_name=~".+", service_name!~"s.*"}', [1, 11]),
        ('{service_name="sho"}', []),
        ('{service_name=~".+", host_name="node-1"}', []),  # structured metadata, no label of a stream
        ('{service_name="shop"} |= "DECLINED"', [10]),
        ('{service_name="shop"} |= "declined"', []),
        ('{service_name="shop"} != "DECLINED"', [0]),
        ('{service_name="shop"} |~ "(?i)declined: .x"', [10]),
        ('{service_name="shop"} !~ "^order"', [10]),
        ('{service_name=~".+"} |= `card` | severity_text="ERROR"', [10, 11]),
        ('{service_name=~".+"} | shop_order_id="pay-0"', [1]),
        ('{service_name=~".+"} | shop_order_id=~"pay-.", severity_text!="INFO"', [11]),
        ('{service_name=~".+"} | shop_order_id!~"pay-." and shop_amount > 11', [10]),
        ('{service_name=~".+"} | host_name="node-1" | scope_name="pay.orders"', [1, 11]),
        ('{service_name=~".+"} | host_name!="node-1"', []),
        ('{service_name=~".+"} | nothing=""', [0, 1, 10, 11]),
        ('{service_name=~".+"} | trace_id=""', [0, 1]),
        ('{service_name=~".+"} | detected_level="error"', [10, 11]),
        ('{service_name=~".+"} | shop_amount == 10.5', [0, 1]),
        (f'{{service_name=~".+"}} | trace_id="{TRACE_ID}"', [10, 11]),
    ],
)
@pytest.mark.parametrize("sealed", [False, True])
def test_logql_selects_streams_lines_and_labels(
    backend: Backend, query: str, found: list[int], *, sealed: bool
) -> None:
    send(backend)
    if sealed:
        backend.viewer._writer._store.close()

    assert [int(line.split()[0]) for line in lines(backend, query)] == found


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


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"query": ""}, "supported is {label"),
        ({"query": "{}"}, "empty-compatible"),
        ({"query": '{a=~".*"}'}, "empty-compatible"),
        ({"query": '{a="b"} | json'}, "from character 11: supported is"),
        ({"query": 'rate({a="b"}[5m])'}, "supported is"),
        ({"query": '{a="b"} |= "c'}, "supported is"),
        ({"query": '{a="b" c="d"}'}, "supported is"),
        ({"query": '{a=~"("}'}, "is not a regular expression"),
        ({"query": '{a=~"(?=x)"}'}, "as RE2 has them"),
        ({"query": r'{a="\q"}'}, "is not a string"),
        ({"query": "{" * 20_000}, "supported is"),
        ({"query": '{a="b"}', "limit": 10**6}, "max entries limit"),
        ({"query": '{a="b"}', "limit": "-5"}, "limit must be a positive value"),
        ({"query": '{a="b"}', "start": "yesterday"}, "start='yesterday' is not a time"),
        ({"query": '{a="b"}', "start": 5, "end": 4}, "end timestamp must not be before"),
        ({"query": '{a="b"}', "direction": "up"}, "invalid direction"),
    ],
)
def test_what_is_not_supported_is_a_400_that_says_what_is(
    backend: Backend, parameters: dict[str, str], message: str
) -> None:
    page = backend.get(f"/loki/api/v1/query_range?{encoded(parameters)}")

    assert (page.status, message in page.text) == (400, True), page.text
    assert page.text.count("\n") == 0
    assert len(page.text) < 1_000


def test_instant_query_of_lines_is_refused_as_loki_does(backend: Backend) -> None:
    page = backend.get(f"/loki/api/v1/query?{encoded({'query': '{a=~`b`}'})}")

    assert page.status == 400
    assert page.text.startswith("log queries are not supported as an instant query type")
