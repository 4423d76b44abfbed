"""What does not fit goes oldest first; a full disk loses nothing."""

import logging
import resource
import sqlite3
from pathlib import Path

import grpc
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from otelkit.signals import Signal
from otelkit.viewer.database import reading
from otelkit.viewer.retention import used_bytes

from .conftest import Backend, make_span


def test_oldest_go_first_and_the_file_stays_within_its_bound(tmp_path: Path) -> None:
    database = tmp_path / "small.db"
    backend = Backend(database, "--max-megabytes=2")
    try:
        for number in range(1, 61):
            span = make_span(number, trace=number)
            span.attributes.add(key="ballast").value.string_value = "b" * 100_000
            backend.send_spans(span)
            logs = ExportLogsServiceRequest()
            logs.resource_logs.add().scope_logs.add().log_records.add(severity_text="l" * 10_000)
            backend.send(logs, Signal.LOGS)
        assert backend.tempo.trace("3c")
        assert backend.tempo.trace("1") == []
    finally:
        backend.viewer.stop()

    assert database.stat().st_size < 3 * 2**20
    with sqlite3.connect(database) as connection:
        kept = [row[0][-1] for row in connection.execute("SELECT trace_id FROM traces ORDER BY trace_id")]
        origins = connection.execute("SELECT count(*) FROM origins").fetchone()[0]
    connection.close()
    assert kept == list(range(61 - len(kept), 61))
    assert len(kept) > 10
    assert origins == 4  # resource and scope of spans and of logs


def test_resources_without_records_are_forgotten_before_records(tmp_path: Path) -> None:
    backend = Backend(tmp_path / "small.db", "--max-megabytes=2")
    try:
        backend.send_spans(make_span(1))
        for number in range(30):
            empty = ExportLogsServiceRequest()
            pair = empty.resource_logs.add().resource.attributes.add(key="ballast")
            pair.value.string_value = f"{number}" * 100_000
            backend.send(empty, Signal.LOGS)

        assert backend.tempo.trace("1")
        with reading(tmp_path / "small.db") as connection:
            assert used_bytes(connection) < 2 * 2**20 + 300_000
    finally:
        backend.viewer.stop()


def test_huge_trace_is_read_where_a_disk_has_no_room_for_a_copy(backend: Backend) -> None:
    for number in range(1, 9):
        backend.send_spans(make_span(number, trace_state="t" * 2**20))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, before[1]))
    try:
        spans = backend.tempo.trace("1")
        text = backend.get("/trace/1/text").text
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert len(spans) == len(text.splitlines()) == 8


def test_full_disk_is_try_again_and_one_line(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    backend.send_spans(make_span(1))
    connection = backend.viewer._writer._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    big = make_span(2, trace_state="t" * 200_000)

    for _ in range(3):
        with pytest.raises(grpc.RpcError) as raised:
            backend.send_spans(big)
        assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    connection.execute("PRAGMA max_page_count = 1000000")
    backend.send_spans(big)

    assert len(backend.tempo.trace("1")) == 2
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("otelkit.viewer")]
    assert len(lines) == 1
    assert "database or disk is full" in lines[0]
