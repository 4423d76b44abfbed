"""to-kafka.yaml and from-kafka.yaml: Kafka as a buffer between two Collectors."""

import random
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from otelkit.testing import Sink
from tests.collector.payloads import send_spans, span
from tests.collector.send_to import telemetry
from tests.collector.send_to.collectors import OverlayCollector, yaml_of
from tests.collector.send_to.kafka_server import any_broker, own_broker
from tests.waiting import wait_until

SPANS = 400
SENT, FAILED, QUEUED = (
    f"otelcol_exporter_{name}" for name in ("sent_spans", "send_failed_spans", "queue_size")
)


@pytest.fixture(scope="module")
def broker(request: pytest.FixtureRequest) -> Iterator[str]:
    with any_broker() as (address, source):
        reporter = request.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line(f"kafka: {source}, {address}")
        yield address


class Buffer:
    """Topics of their own, and the two Collectors around them."""

    def __init__(self, broker: str, vendors: Path, folder: Path) -> None:
        name = uuid.uuid4().hex[:8]
        topics = {
            f"COLLECTOR_KAFKA_{signal}": f"{signal.lower()}-{name}"
            for signal in ("TRACES", "METRICS", "LOGS")
        }
        for part in ("writer", "reader"):
            (folder / part).mkdir()
        self.sink = Sink()
        self.writer = OverlayCollector(
            vendors,
            folder / "writer",
            ["to-kafka.yaml"],
            COLLECTOR_TO_KAFKA_BROKERS=f"{broker},{broker}",  # several have commas between them
            **topics,
        )
        self.reader = OverlayCollector(
            vendors,
            folder / "reader",
            ["to-viewer.yaml", "from-kafka.yaml"],
            COLLECTOR_FROM_KAFKA_BROKERS=broker,
            COLLECTOR_FROM_KAFKA_GROUP=name,
            **topics,
        )

    def __enter__(self) -> "Buffer":
        self.sink.start()
        target = self.sink.grpc_endpoint.removeprefix("http://")
        self.reader.environment = {**self.reader.environment, "COLLECTOR_TO_VIEWER_ENDPOINT": target}
        return self

    def __exit__(self, *_: object) -> None:
        for collector in (self.writer, self.reader):
            collector.stop()
        self.sink.stop()

    def numbers(self) -> list[int]:
        return sorted(int(one.span_id, 16) for one in self.sink.spans())


def test_all_three_signals_come_out_as_they_went_in(
    broker: str, vendors_binary: Path, tmp_path: Path
) -> None:
    with Buffer(broker, vendors_binary, tmp_path) as buffer:
        telemetry.send(buffer.writer.start().grpc_target)
        buffer.reader.start()
        (arrived,) = buffer.sink.wait_for_spans(timeout_seconds=30)
        points = {point.name: point for point in buffer.sink.wait_for_metrics(2, timeout_seconds=30)}
        (record,) = buffer.sink.wait_for_logs(timeout_seconds=30)

    assert (arrived.trace_id, arrived.name) == (telemetry.TRACE_ID, telemetry.SPAN_NAME)
    assert arrived.attributes["note"] == telemetry.MASKED
    assert (points[telemetry.SUM].value, points[telemetry.HISTOGRAM].buckets) == (7, (1, 2))
    assert (record.body, record.trace_id) == (f"{telemetry.BODY} {telemetry.MASKED}", telemetry.TRACE_ID)
    assert telemetry.CANARY not in repr((buffer.sink.spans(), points, record))


def test_nothing_is_lost_while_the_reader_is_away_and_when_it_is_killed(
    broker: str, vendors_binary: Path, tmp_path: Path
) -> None:
    with Buffer(broker, vendors_binary, tmp_path) as buffer:
        target = buffer.writer.start().grpc_target
        for first in range(1, SPANS // 2, 20):
            send_spans(target, [span(number) for number in range(first, first + 20)])
        wait_until(lambda: buffer.writer.counted(SENT, exporter="kafka/kafka") == SPANS // 2, 20)
        buffer.reader.start()
        for first in range(SPANS // 2 + 1, SPANS, 20):
            send_spans(target, [span(number) for number in range(first, first + 20)])
        buffer.sink.wait_for_spans(SPANS // 2, timeout_seconds=30)
        buffer.reader.kill()
        buffer.reader.start()
        buffer.sink.wait_for_spans(
            lambda spans: len({one.span_id for one in spans}) == SPANS, timeout_seconds=40
        )
        assert buffer.writer.counted(FAILED) == 0

    assert sorted(set(buffer.numbers())) == list(range(1, SPANS + 1))


def test_what_fits_into_no_message_is_dropped_and_counted(
    broker: str, vendors_binary: Path, tmp_path: Path
) -> None:
    incompressible = random.Random(1).randbytes(1_500_000).hex()  # noqa: S311 - no secret
    with Buffer(broker, vendors_binary, tmp_path) as buffer:
        target = buffer.writer.start().grpc_target
        send_spans(target, [span(1, {"filler": incompressible})])
        wait_until(lambda: buffer.writer.counted(FAILED) == 1, 20, buffer.writer.read_log)
        send_spans(target, [span(2)])
        wait_until(lambda: buffer.writer.counted(SENT, exporter="kafka/kafka") == 1, 20)


def test_with_a_wrong_password_all_is_kept_until_the_right_one_comes(
    vendors_binary: Path, tmp_path: Path
) -> None:
    login = tmp_path / "login.yaml"
    login.write_text(yaml_of("kafka.md"))
    with own_broker("--user", "otel", "--password", "key4711") as address:
        settings = {"COLLECTOR_TO_KAFKA_BROKERS": address, "KAFKA_USER": "otel", "KAFKA_PASSWORD": "wrong"}
        collector = OverlayCollector(vendors_binary, tmp_path, ["to-kafka.yaml", login], **settings)
        try:
            send_spans(collector.start().grpc_target, [span(1)])
            wait_until(lambda: "Will retry" in collector.read_log(), 20, collector.read_log)
            assert (collector.counted(SENT, exporter="kafka/kafka"), collector.counted(FAILED)) == (0, 0)
            collector.stop()
            collector.environment = {**collector.environment, "KAFKA_PASSWORD": "key4711"}
            collector.start()
            wait_until(lambda: collector.counted(SENT, exporter="kafka/kafka") == 1, 20, collector.read_log)
        finally:
            collector.stop()
    assert "key4711" not in collector.read_log()
