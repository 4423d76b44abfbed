"""What leaves for the backends: all is counted, then errors, slow traces and a share of the rest are kept."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from otelkit.testing import Sink
from tests.collector.payloads import send_log, send_spans
from tests.collector.process import RunningCollector

TRACES, SECOND = 2000, 10**9
SHARE_PERCENT = 10
CALLS, DURATION = "traces.span.metrics.calls", "traces.span.metrics.duration"


class ToGrafana(RunningCollector):
    overlay = "to-grafana.yaml"


def trace(number: int, *, seconds: float = 0.01, failed: bool = False) -> Span:
    end = time.time_ns()
    return Span(
        trace_id=(number * 0x9E3779B97F4A7C15 % 2**128).to_bytes(16),  # spread: sampling looks at the id
        span_id=number.to_bytes(8),
        name="GET /stock",
        kind=Span.SPAN_KIND_SERVER,
        start_time_unix_nano=end - int(seconds * SECOND),
        end_time_unix_nano=end,
        status=Status(code=Status.STATUS_CODE_ERROR if failed else Status.STATUS_CODE_UNSET),
    )


@pytest.fixture(scope="module")
def backends(collector_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    """One sink for all three, after ordinary traces, ten slow ones and ten that failed."""
    with Sink() as sink:
        collector = ToGrafana(
            collector_binary,
            tmp_path_factory.mktemp("grafana"),
            "",
            COLLECTOR_TO_TEMPO_ENDPOINT=sink.grpc_endpoint.removeprefix("http://"),
            COLLECTOR_TO_LOKI_ENDPOINT=sink.http_endpoint,
            COLLECTOR_TO_MIMIR_ENDPOINT=sink.http_endpoint,
            COLLECTOR_SAMPLING_PERCENT=str(SHARE_PERCENT),
            COLLECTOR_SAMPLING_WAIT="500ms",
        )
        with collector:
            ordinary = [trace(number) for number in range(1, TRACES + 1)]
            slow = [trace(number, seconds=2) for number in range(10001, 10011)]
            failed = [trace(number, failed=True) for number in range(20001, 20011)]
            send_spans(collector.grpc_target, [*ordinary, *slow, *failed], **{"service.name": "stock"})
            send_log(collector.grpc_target, "sold out")
            sink.wait_for_metrics(
                lambda points: {CALLS, "otelcol_receiver_accepted_spans"} <= {one.name for one in points}
            )
        yield sink  # it has ended, so what waited for its decision has been decided and delivered


def numbers(sink: Sink) -> list[int]:
    return [int(span.span_id, 16) for span in sink.spans()]


def test_every_trace_with_an_error_is_kept(backends: Sink) -> None:
    assert sorted(number for number in numbers(backends) if number > 20000) == list(range(20001, 20011))


def test_every_slow_trace_is_kept(backends: Sink) -> None:
    assert sorted(number for number in numbers(backends) if 10000 < number < 20000) == list(
        range(10001, 10011)
    )


def test_of_the_rest_a_share_is_kept(backends: Sink) -> None:
    kept = sum(number <= TRACES for number in numbers(backends))

    assert 0.5 < kept / (TRACES * SHARE_PERCENT / 100) < 1.5


def test_no_span_is_delivered_twice(backends: Sink) -> None:
    assert len(numbers(backends)) == len(set(numbers(backends)))


def test_span_metrics_count_what_sampling_has_dropped_too(backends: Sink) -> None:
    latest = {str(point.attributes["status.code"]): point.value for point in backends.metrics(CALLS)}

    assert latest == {"STATUS_CODE_UNSET": TRACES + 10, "STATUS_CODE_ERROR": 10}


def test_span_metrics_have_exemplars_that_lead_to_traces(backends: Sink) -> None:
    exemplars = [one for point in backends.metrics(DURATION) for one in point.exemplars]

    assert exemplars
    assert all(int(one.trace_id, 16) for one in exemplars)


def test_logs_and_the_collectors_own_metrics_arrive(backends: Sink) -> None:
    assert [record.body for record in backends.logs()] == ["sold out"]
    own = backends.metrics("otelcol_receiver_accepted_spans")
    assert own[-1].value == TRACES + 20
    assert own[-1].resource["service.name"] == "otelcol"
