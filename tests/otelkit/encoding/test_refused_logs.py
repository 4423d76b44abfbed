"""Log records that the SDK's encoder refuses, and with them their whole batch, are kept here."""

from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord as Message
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.resources import Resource

from otelkit.encoding.logs import encode_log

Encode = Callable[[ReadableLogRecord], Message]


def by_the_sdk(record: ReadableLogRecord) -> Message:
    return encode_logs([record]).resource_logs[0].scope_logs[0].log_records[0]


def by_otelkit(record: ReadableLogRecord) -> Message:
    return Message.FromString(encode_log(record))


def in_itself() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


RECORDS: dict[str, tuple[dict[str, Any], Callable[[Message], object]]] = {
    "body_that_is_no_unicode_is_bytes": ({"body": "a\udcff"}, lambda log: log.body.bytes_value == b"a\xff"),
    "body_beyond_64_bits_is_text": ({"body": 2**64}, lambda log: log.body.string_value == str(2**64)),
    "body_of_a_foreign_type_is_its_text": ({"body": 1j}, lambda log: log.body.string_value == "1j"),
    "body_that_contains_itself_ends": ({"body": in_itself()}, lambda log: log.body.array_value.values),
    "bytearray_is_bytes": ({"body": bytearray(b"ab")}, lambda log: log.body.bytes_value == b"ab"),
    "severity_text_is_repaired": ({"severity_text": "\ud800"}, lambda log: log.severity_text == "\ufffd"),
    "severity_that_is_no_severity_is_left_out": (
        {"severity_number": object(), "event_name": 5},
        lambda log: (log.severity_number, log.event_name) == (0, "5"),
    ),
    "event_name_is_repaired": ({"event_name": "\ud800"}, lambda log: log.event_name == "\ufffd"),
    "negative_time_is_left_out": (
        {"timestamp": -1, "body": "b"},
        lambda log: (log.time_unix_nano, log.body.string_value) == (0, "b"),
    ),
    "time_that_is_no_number_is_left_out": (
        {"timestamp": "now", "body": "b"},
        lambda log: (log.time_unix_nano, log.body.string_value) == (0, "b"),
    ),
}


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(by_the_sdk, marks=pytest.mark.xfail(strict=True, reason="refused with its whole batch")),
        by_otelkit,
    ],
)
@pytest.mark.parametrize(("fields", "holds"), RECORDS.values(), ids=RECORDS)
def test_record(encode: Encode, fields: dict[str, Any], holds: Callable[[Message], object]) -> None:
    assert holds(encode(ReadableLogRecord(LogRecord(**fields), Resource({}))))
