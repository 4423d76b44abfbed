"""A wrong key and "too many requests", over HTTP and gRPC: dropped and counted, or kept."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.collector.payloads import send_spans, span
from tests.collector.send_to.backends import BACKENDS, Backend
from tests.collector.send_to.collectors import OverlayCollector
from tests.collector.send_to.recorder import Answer, GrpcRecorder, HttpRecorder, Recorder, Request
from tests.waiting import wait_until

FAILED, SENT = "otelcol_exporter_send_failed_spans", "otelcol_exporter_sent_spans"
OVER_HTTP = next(backend for backend in BACKENDS if backend.name == "newrelic")
OVER_GRPC = next(backend for backend in BACKENDS if backend.name == "lightstep")
UNAUTHENTICATED, RESOURCE_EXHAUSTED, UNAVAILABLE = 16, 8, 14


def recorder_for(backend: Backend) -> HttpRecorder | GrpcRecorder:
    return GrpcRecorder() if backend.grpc else HttpRecorder()


def collector_to(
    recorder: HttpRecorder | GrpcRecorder, backend: Backend, binary: Path, folder: Path
) -> OverlayCollector:
    place = recorder.target if isinstance(recorder, GrpcRecorder) else recorder.url
    settings = {name: value.format(url=place, target=place) for name, value in backend.settings.items()}
    return OverlayCollector(binary, folder, [f"to-{backend.name}.yaml"], **settings)


def refuse(status: int, times: int, recorder: Recorder) -> Callable[[Request], Answer]:
    """Answer the first requests with a status and the rest as good."""
    return lambda _: (status if len(recorder.requests) < times else 200, b"")


@pytest.mark.parametrize(
    ("backend", "status", "said"),
    [
        (OVER_HTTP, 401, "401"),
        (OVER_HTTP, 403, "403"),
        (OVER_HTTP, 500, "500"),  # unlike 502, 503 and 504, by OTLP's specification
        (OVER_GRPC, UNAUTHENTICATED, "Unauthenticated"),
        # Without the server's word when to come again, gRPC's "too many" is for good (OTLP's specification).
        (OVER_GRPC, RESOURCE_EXHAUSTED, "ResourceExhausted"),
    ],
    ids=str,
)
def test_what_is_refused_for_good_is_counted_and_logged_and_the_next_batch_goes_on(
    collector_binary: Path, tmp_path: Path, backend: Backend, status: int, said: str
) -> None:
    with recorder_for(backend) as recorder:
        recorder.answer = refuse(status, 1, recorder)
        with collector_to(recorder, backend, collector_binary, tmp_path) as collector:
            send_spans(collector.grpc_target, [span(1), span(2)])
            wait_until(lambda: collector.counted(FAILED) == 2, 20, collector.read_log)
            send_spans(collector.grpc_target, [span(3)])
            wait_until(lambda: collector.counted(SENT, exporter=f"{exporter_of(backend)}") == 1, 20)
            assert said in collector.read_log()

    assert len(recorder.requests) == 2


@pytest.mark.parametrize(
    ("backend", "status"), [(OVER_HTTP, 429), (OVER_HTTP, 503), (OVER_GRPC, UNAVAILABLE)], ids=str
)
def test_what_is_refused_for_now_is_kept_and_sent_again(
    collector_binary: Path, tmp_path: Path, backend: Backend, status: int
) -> None:
    with recorder_for(backend) as recorder:
        recorder.answer = refuse(status, 2, recorder)
        with collector_to(recorder, backend, collector_binary, tmp_path) as collector:
            send_spans(collector.grpc_target, [span(1)])
            wait_until(lambda: collector.counted(SENT, exporter=exporter_of(backend)) == 1, 20)
            assert collector.counted(FAILED) == 0

    assert len(recorder.requests) == 3
    assert len({request.body for request in recorder.requests}) == 1
    if status == 429:
        times = [request.at_seconds for request in recorder.requests]
        assert all(after - before >= 1 for before, after in pairwise(times))  # as Retry-After says


def test_a_huge_span_takes_none_with_it(collector_binary: Path, tmp_path: Path) -> None:
    with (
        recorder_for(OVER_HTTP) as recorder,
        collector_to(recorder, OVER_HTTP, collector_binary, tmp_path) as collector,
    ):
        send_spans(collector.grpc_target, [span(1), span(2, {"filler": "x" * 3_500_000}), span(3)])
        wait_until(lambda: collector.counted(SENT, exporter=exporter_of(OVER_HTTP)) == 3, 20)


def exporter_of(backend: Backend) -> str:
    return f"otlp_{'grpc' if backend.grpc else 'http'}/{backend.name}"
