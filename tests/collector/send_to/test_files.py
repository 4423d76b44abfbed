"""to-files.yaml: what is in the files, who may read them, and that they rotate."""

import os
import stat
from pathlib import Path

import pytest
from google.protobuf.json_format import Parse
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from otelkit.testing.logs import logs_of
from otelkit.testing.metrics import metrics_of
from tests.collector.payloads import send_log
from tests.collector.send_to import telemetry
from tests.collector.send_to.collectors import OverlayCollector
from tests.waiting import wait_until

NAMES = ("traces.jsonl", "metrics.jsonl", "logs.jsonl")


def collector_into(folder: Path, binary: Path, **settings: str) -> OverlayCollector:
    settings["COLLECTOR_TO_FILES_DIR"] = str(folder / "telemetry")
    return OverlayCollector(binary, folder, ["to-files.yaml"], **settings)


@pytest.fixture(scope="module")
def folder(vendors_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    with collector_into(folder, vendors_binary) as collector:
        telemetry.send(collector.grpc_target)
    return folder / "telemetry"


def test_there_is_a_file_for_each_signal_that_only_its_owner_can_read(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.stat().st_uid for path in folder.iterdir()} == {os.geteuid()}


def test_the_lines_are_otlp_that_reads_back(folder: Path) -> None:
    # Ids are hexadecimal in OTLP's JSON, where protobuf's own mapping has base64.
    assert telemetry.TRACE_ID in (folder / "traces.jsonl").read_text()
    spans = Parse(_only_line(folder / "traces.jsonl"), TracesData(), ignore_unknown_fields=True)
    assert spans.resource_spans[0].scope_spans[0].spans[0].name == telemetry.SPAN_NAME
    metrics = Parse(_only_line(folder / "metrics.jsonl"), MetricsData())
    points = {point.name: point for point in metrics_of(metrics.resource_metrics)}
    assert points[telemetry.SUM].value == 7
    assert points[telemetry.HISTOGRAM].buckets == (1, 2)
    (record,) = logs_of(Parse(_only_line(folder / "logs.jsonl"), LogsData()).resource_logs)
    assert record.body == f"{telemetry.BODY} {telemetry.MASKED}"


def test_no_secret_of_a_sender_is_written(folder: Path) -> None:
    for name in NAMES:
        text = (folder / name).read_text()
        assert telemetry.CANARY not in text
        assert telemetry.MASKED in text


def test_a_file_goes_on_after_a_restart(vendors_binary: Path, tmp_path: Path) -> None:
    for number in range(2):
        with collector_into(tmp_path, vendors_binary) as collector:
            send_log(collector.grpc_target, f"line {number}")

    lines = (tmp_path / "telemetry" / "logs.jsonl").read_text().splitlines()
    assert [f"line {number}" in line for number, line in enumerate(lines)] == [True, True]


def test_a_file_that_is_full_is_put_aside_and_the_oldest_goes(vendors_binary: Path, tmp_path: Path) -> None:
    settings = {"COLLECTOR_TO_FILES_MEGABYTES": "1", "COLLECTOR_TO_FILES_BACKUPS": "2"}
    written = tmp_path / "telemetry"

    def logs() -> list[Path]:
        return sorted(written.glob("logs*.jsonl"))

    with collector_into(tmp_path, vendors_binary, **settings) as collector:
        for number in range(5):
            send_log(collector.grpc_target, f"{number} {'x' * 900_000}")
        wait_until(lambda: len(logs()) == 3, 20, lambda: str(logs()))

    assert [path.read_text()[:2000].partition("stringValue")[2][3] for path in logs()] == ["2", "3", "4"]


def _only_line(file: Path) -> str:
    (line,) = file.read_text().splitlines()
    return line
