"""Logs are found by service, severity, text, trace and attribute, whatever the order they came in."""

from collections.abc import Callable

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from otelkit.signals import Signal
from otelkit.viewer.database import reading
from otelkit.viewer.found_logs import MOST_BYTES, Best, FoundLog
from otelkit.viewer.logs import LogSearch, find_logs
from otelkit.viewer.records import Log

from .conftest import NOON, Backend

Send = Callable[..., None]


def send_logs(backend: Backend, *texts: str, service: str = "shop", first: int = 0, **fields: object) -> None:
    """Records a nanosecond apart, from `first` on."""
    request = ExportLogsServiceRequest()
    group = request.resource_logs.add()
    group.resource.attributes.add(key="service.name").value.string_value = service
    records = group.scope_logs.add().log_records
    for number, text in enumerate(texts):
        record = records.add(time_unix_nano=NOON + first + number, **fields)
        record.body.string_value = text
    backend.send(request, Signal.LOGS)


def found(backend: Backend, search: LogSearch) -> list[Log]:
    with reading(backend.viewer._writer.path) as connection:
        return find_logs(connection, search)


def bodies(backend: Backend, search: LogSearch) -> list[str]:
    return [log.body for log in found(backend, search)]


def test_latest_come_first_also_when_they_arrived_first(backend: Backend) -> None:
    send_logs(backend, "late", first=5_000)
    send_logs(backend, *(str(number) for number in range(1_500)))

    assert bodies(backend, LogSearch(limit=3)) == ["late", "1499", "1498"]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (LogSearch(), ["Card DECLINED", "order placed", "debugged"]),
        (LogSearch(service="shop"), ["order placed", "debugged"]),
        (LogSearch(service="nobody"), []),
        (LogSearch(least_severity=9), ["Card DECLINED", "order placed"]),
        (LogSearch(text="declined"), ["Card DECLINED"]),
        (LogSearch(text="de"), ["Card DECLINED", "order placed", "debugged"]),
        (LogSearch(text="no such text"), []),
        (LogSearch(trace_id=bytes(15) + b"\7"), ["Card DECLINED"]),
        (LogSearch(trace_id=bytes(15) + b"\7", text="placed"), []),
        (LogSearch(attribute=("service.name", "pay")), ["Card DECLINED"]),
        (LogSearch(attribute=("trace_id", "7".zfill(32))), ["Card DECLINED"]),
        (LogSearch(start_nanos=NOON + 10, end_nanos=NOON + 10), ["order placed"]),
        (LogSearch(limit=0), []),
    ],
)
def test_search_is_narrowed_by_each_field(backend: Backend, search: LogSearch, expected: list[str]) -> None:
    send_logs(backend, "debugged", severity_number=5)
    send_logs(backend, "order placed", severity_number=9, first=10)
    ids = {"trace_id": bytes(15) + b"\7", "span_id": bytes(7) + b"\1"}
    send_logs(backend, "Card DECLINED", severity_number=17, service="pay", first=20, **ids)

    assert bodies(backend, search) == expected


def test_those_that_came_after_one_that_is_known_are_asked_for_by_its_number(backend: Backend) -> None:
    send_logs(backend, "first", "second")
    known = found(backend, LogSearch())[0].number

    send_logs(backend, "third")

    assert bodies(backend, LogSearch(after=known)) == ["third"]
    assert bodies(backend, LogSearch(after=known + 1)) == []


def test_text_is_found_in_the_first_2048_characters(backend: Backend) -> None:
    send_logs(backend, "x" * 2_000 + "needle" + "x" * 10_000 + "pin")

    assert len(bodies(backend, LogSearch(text="needle"))) == 1
    assert bodies(backend, LogSearch(text="pin")) == []


def test_records_that_would_fill_the_memory_are_as_many_as_it_allows() -> None:
    best = Best(limit=10)
    for number in range(1, 6):
        best.add((number, 0), FoundLog(number, number, 0, 0, MOST_BYTES // 2, LogRecord()))

    assert [log.number for log in best.in_order()] == [5, 4]


def test_text_is_found_beside_more_attributes_than_a_block_has_columns_for(backend: Backend) -> None:
    many = [KeyValue(key=f"key.{number}", value=AnyValue(int_value=number)) for number in range(2_001)]
    send_logs(backend, "needle", attributes=many)
    backend.viewer._writer._store.close()

    assert bodies(backend, LogSearch(text="needle")) == ["needle"]
