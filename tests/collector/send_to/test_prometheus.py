"""to-prometheus.yaml: remote write, with a queue on disk in front of an exporter that has none."""

import threading
from pathlib import Path

import pytest

from otelkit.testing.ports import free_port
from tests.collector.send_to import telemetry
from tests.collector.send_to.collectors import OverlayCollector, yaml_of
from tests.collector.send_to.recorder import Answer, HttpRecorder, Request
from tests.collector.send_to.remote_write import Series, read_write_request
from tests.waiting import wait_until

PATH = "/api/v1/write"
QUEUE = "otlp_grpc/prometheus"
SENT, FAILED = (f"otelcol_exporter_{name}_metric_points" for name in ("sent", "send_failed"))
RETRY_429 = "exporter.prometheusremotewritexporter.RetryOn429"


def collector_for(url: str, binary: Path, folder: Path) -> OverlayCollector:
    login = folder / "login.yaml"
    login.write_text(yaml_of("prometheus.md"))
    return OverlayCollector(
        binary,
        folder,
        ["to-prometheus.yaml", login],
        COLLECTOR_TO_PROMETHEUS_ENDPOINT=url + PATH,
        COLLECTOR_PROMETHEUS_PORT=str(free_port()),
        PROMETHEUS_AUTHORIZATION="Bearer key4711",
    )


@pytest.fixture(scope="module")
def requests(collector_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Request]:
    folder = tmp_path_factory.mktemp("prometheus")
    with HttpRecorder() as recorder, collector_for(recorder.url, collector_binary, folder) as collector:
        telemetry.send(collector.grpc_target)
        wait_until(lambda: bool(recorder.requests), 20, collector.read_log)
    return recorder.requests


@pytest.fixture(scope="module")
def series(requests: list[Request]) -> dict[str, list[Series]]:
    found: dict[str, list[Series]] = {}
    for request in requests:
        for one in read_write_request(request.raw):
            found.setdefault(one.labels["__name__"], []).append(one)
    return found


def test_it_is_remote_write_with_the_key_in_its_header(requests: list[Request]) -> None:
    for request in requests:
        assert (request.method, request.path) == ("POST", PATH)
        wanted = {
            "content-type": "application/x-protobuf",
            "content-encoding": "snappy",
            "x-prometheus-remote-write-version": "0.1.0",
            "authorization": "Bearer key4711",
        }
        assert {name: request.headers.get(name) for name in wanted} == wanted


def test_names_and_values_are_those_of_prometheus(series: dict[str, list[Series]]) -> None:
    (total,) = series["shop_orders_total"]
    assert [value for value, _ in total.samples] == [7]
    assert total.labels["job"] == "stock"
    buckets = {one.labels["le"]: one.samples[0][0] for one in series["shop_order_duration_seconds_bucket"]}
    assert buckets == {"0.1": 1, "+Inf": 3}
    assert series["shop_order_duration_seconds_count"][0].samples[0][0] == 3
    (about,) = series["target_info"]
    assert about.labels["service_version"] == "1.2.3"


def test_no_secret_of_a_sender_arrives(series: dict[str, list[Series]]) -> None:
    assert telemetry.CANARY not in repr(series)
    assert series["shop_orders_total"][0].labels["note"] == telemetry.MASKED


@pytest.mark.parametrize(("status", "flags"), [(401, []), (429, []), (429, [f"--feature-gates={RETRY_429}"])])
def test_what_is_refused_for_good_is_counted_and_429_is_kept_with_the_gate(
    collector_binary: Path, tmp_path: Path, status: int, flags: list[str]
) -> None:
    with HttpRecorder() as recorder:
        recorder.answer = lambda _: (200 if len(recorder.requests) else status, b"")
        collector = collector_for(recorder.url, collector_binary, tmp_path)
        collector.flags = flags
        with collector:
            telemetry.send(collector.grpc_target)
            counter = SENT if flags else FAILED
            wait_until(lambda: collector.counted(counter, exporter=QUEUE) == 2, 20, collector.read_log)

    assert len(recorder.requests) == (2 if flags else 1)


def test_a_remote_that_hangs_is_asked_again(collector_binary: Path, tmp_path: Path) -> None:
    hanging = threading.Event()
    with HttpRecorder() as recorder:

        def hang_at_first(_: Request) -> Answer:
            if recorder.asked == 1:
                hanging.wait(20)
            return 200, b""

        recorder.answer = hang_at_first
        collector = collector_for(recorder.url, collector_binary, tmp_path)
        quick = tmp_path / "quick.yaml"
        quick.write_text(f"exporters: {{{QUEUE}: {{timeout: 500ms}}}}\n")
        collector.overlays = [*collector.overlays, quick]
        with collector:
            telemetry.send(collector.grpc_target)
            wait_until(lambda: recorder.asked > 1, 20, collector.read_log)
            hanging.set()
            wait_until(lambda: collector.counted(SENT, exporter=QUEUE) == 2, 20, collector.read_log)
            assert collector.counted(FAILED, exporter=QUEUE) == 0


def test_metrics_outlast_a_remote_that_fails_and_a_collector_that_is_killed(
    collector_binary: Path, tmp_path: Path
) -> None:
    with HttpRecorder(lambda _: (503, b"")) as recorder:
        collector = collector_for(recorder.url, collector_binary, tmp_path)
        try:
            telemetry.send(collector.start().grpc_target)
            wait_until(lambda: bool(recorder.requests), 20, collector.read_log)
            collector.kill()
            before = len(recorder.requests)
            recorder.answer = lambda _: (200, b"")
            collector.start()
            wait_until(lambda: len(recorder.requests) > before, 20, collector.read_log)
        finally:
            collector.stop()

    names = {one.labels["__name__"] for one in read_write_request(recorder.requests[-1].raw)}
    assert "shop_orders_total" in names
