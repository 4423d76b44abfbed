"""to-clickhouse.yaml: rows in the exporter's tables, and what a wrong password costs."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collector.send_to import telemetry
from tests.collector.send_to.clickhouse_server import ClickHouse
from tests.collector.send_to.collectors import OverlayCollector
from tests.waiting import wait_until

TABLES = {"otel_traces", "otel_logs", "otel_metrics_sum", "otel_metrics_histogram"}
PASSWORD = "key4711"  # noqa: S105 - of a recorder
SENT, FAILED = "otelcol_exporter_sent_spans", "otelcol_exporter_send_failed_spans"
REFUSED = (403, b"Code: 516. DB::Exception: otel: Authentication failed")


def collector_for(server: ClickHouse, binary: Path, folder: Path, **settings: str) -> OverlayCollector:
    settings = {
        # The driver's LZ4 frames have checksums of their own kind; what is in them is the same.
        "COLLECTOR_TO_CLICKHOUSE_ENDPOINT": f"{server.url}?compress=none",
        "COLLECTOR_TO_CLICKHOUSE_FLUSH": "200ms",
        "CLICKHOUSE_PASSWORD": PASSWORD,
        **settings,
    }
    return OverlayCollector(binary, folder, ["to-clickhouse.yaml"], **settings)


@pytest.fixture(scope="module")
def server(vendors_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouse]:
    with ClickHouse() as server:
        with collector_for(server, vendors_binary, tmp_path_factory.mktemp("clickhouse")) as collector:
            telemetry.send(collector.grpc_target)
            wait_until(lambda: set(server.rows) == TABLES, 20, collector.read_log)
        yield server


def test_every_request_has_user_and_password_in_its_header_alone(server: ClickHouse) -> None:
    basic = base64.b64encode(f"otel:{PASSWORD}".encode()).decode()

    for request in server.requests:
        assert request.headers["authorization"] == f"Basic {basic}"
        assert request.headers["user-agent"].startswith("otelcol/")
        assert PASSWORD not in request.path
        assert PASSWORD.encode() not in request.body


def test_the_span_is_a_row(server: ClickHouse) -> None:
    (row,) = server.rows["otel_traces"]

    assert (row["TraceId"], row["SpanId"]) == (telemetry.TRACE_ID, telemetry.SPAN_ID)
    assert (row["SpanName"], row["SpanKind"], row["ServiceName"]) == (telemetry.SPAN_NAME, "Server", "stock")
    assert row["Duration"] == 20_000_000
    assert row["ResourceAttributes"] == {"service.name": "stock", "service.version": "1.2.3"}


def test_metrics_are_rows_with_their_temporality(server: ClickHouse) -> None:
    (total,) = server.rows["otel_metrics_sum"]
    (durations,) = server.rows["otel_metrics_histogram"]

    assert (total["MetricName"], total["Value"], total["IsMonotonic"]) == (telemetry.SUM, 7, True)
    assert (durations["MetricName"], durations["Count"], durations["Sum"]) == (telemetry.HISTOGRAM, 3, 0.6)
    assert (durations["BucketCounts"], durations["ExplicitBounds"]) == ([1, 2], [0.1])
    assert {total["AggregationTemporality"], durations["AggregationTemporality"]} == {2}  # cumulative


def test_the_log_line_is_a_row(server: ClickHouse) -> None:
    (row,) = server.rows["otel_logs"]

    assert (row["Body"], row["TraceId"]) == (f"{telemetry.BODY} {telemetry.MASKED}", telemetry.TRACE_ID)


def test_no_secret_of_a_sender_is_inserted(server: ClickHouse) -> None:
    assert telemetry.CANARY not in repr(server.rows)
    assert {row["SpanAttributes"]["note"] for row in server.rows["otel_traces"]} == {telemetry.MASKED}


def test_a_wrong_password_ends_the_start_with_its_reason(vendors_binary: Path, tmp_path: Path) -> None:
    with ClickHouse() as server:
        server.answer = lambda _: REFUSED
        collector = collector_for(server, vendors_binary, tmp_path)

        with pytest.raises(AssertionError, match="Authentication failed"):
            collector.start()


@pytest.mark.parametrize("refusal", [REFUSED, (429, b""), (503, b"")], ids=lambda one: str(one[0]))
def test_with_tables_of_ones_own_all_is_kept_until_it_is_taken(
    server: ClickHouse, vendors_binary: Path, tmp_path: Path, refusal: tuple[int, bytes]
) -> None:
    with ClickHouse() as refusing:
        refusing.tables = server.tables
        refusing.answer, good = lambda _: refusal, refusing.answer
        settings = {"COLLECTOR_TO_CLICKHOUSE_CREATE_SCHEMA": "false"}
        with collector_for(refusing, vendors_binary, tmp_path, **settings) as collector:
            telemetry.send(collector.grpc_target)
            wait_until(lambda: len(refusing.requests) > 4, 20, collector.read_log)
            assert collector.counted(FAILED) == 0
            refusing.answer = good
            wait_until(lambda: set(refusing.rows) == TABLES, 30, collector.read_log)
            wait_until(lambda: collector.counted(SENT, exporter="clickhouse/clickhouse") == 1, 10)

    assert len(refusing.rows["otel_traces"]) == 1
