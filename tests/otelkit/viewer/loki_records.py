"""Two services' log records, for tests of Loki's API, and how it is asked."""

import json
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import SeverityNumber

from otelkit.signals import Signal

from .conftest import NOON, Backend

RANGE = {"start": NOON, "end": NOON + 10**9}
TRACE_ID = "7".zfill(32)


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
    page = backend.ask(f"/loki/api/v1/{path}", {**RANGE, **parameters})
    assert page.status == 200, page.text
    answer = json.loads(page.text)
    assert answer["status"] == "success"
    return answer["data"]


def lines(backend: Backend, query: str, **parameters: object) -> list[str]:
    data = ask(backend, "query_range", query=query, **parameters)
    assert data["resultType"] == "streams"
    values = [(int(time), line) for stream in data["result"] for time, line in stream["values"]]
    return [f"{time - NOON} {line}" for time, line in sorted(values)]
