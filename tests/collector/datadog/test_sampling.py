"""Of 20,000 traces Datadog counts every one, and keeps all failed and slow ones and a tenth of the rest."""

import math
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.testing.datadog import DatadogIntake
from tests.collector.datadog import otlp
from tests.collector.datadog.otlp import send, span, traces
from tests.collector.datadog.process import ToDatadog

TRACES, FAILED, SLOW = 20_000, 1_000, 1_000
REST = TRACES - FAILED - SLOW
SHARE, SIGMAS = 0.10, 5
BATCH = 200
SEED = 20
SERVER, CLIENT = Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT


def trace(number: int, trace_id: bytes) -> tuple[list[Span], list[Span]]:
    """The spans of one trace in two services: the first FAILED fail in the second, the next SLOW are slow."""
    root, call, served = ((number * 3 + part + 1).to_bytes(8) for part in range(3))
    common: dict[str, Any] = {
        "trace_id": trace_id,
        "seconds": 2 if FAILED <= number < FAILED + SLOW else 0.01,
    }
    status = otlp.FAILED if number < FAILED else None
    place = span("POST /orders", kind=SERVER, span_id=root, **common)
    ask = span("ask stock", kind=CLIENT, span_id=call, parent_span_id=root, **common)
    answer = span("stock", kind=SERVER, span_id=served, parent_span_id=call, status=status, **common)
    return [place, ask], [answer]


def send_all(target: str) -> list[str]:
    """Send them in batches, those of both services in one request; gives the ids in their order."""
    source = random.Random(SEED)  # noqa: S311 - no secret
    ids = [source.randbytes(16) for _ in range(TRACES)]
    for first in range(0, TRACES, BATCH):
        made = [trace(number, ids[number]) for number in range(first, first + BATCH)]
        request = traces([each for one, _ in made for each in one])
        request.MergeFrom(traces([each for _, one in made for each in one], service_name="stock"))
        while not taken(target, request):
            pass
    return [one.hex() for one in ids]


def taken(target: str, request: object) -> bool:
    """Tell whether the Collector took it; it refuses while its memory is full."""
    try:
        send(target, request)  # type: ignore[arg-type]  # made by traces
    except grpc.RpcError as error:
        if error.code() == grpc.StatusCode.UNAVAILABLE:
            return False
        raise
    return True


@pytest.fixture(scope="module")
def ids(
    vendors_binary: Path, intake: DatadogIntake, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """The ids of all traces, once all are counted and all that is kept has arrived."""
    settings = {"COLLECTOR_TO_DATADOG_SAMPLING_PERCENT": f"{SHARE:.0%}".removesuffix("%")}
    collector = ToDatadog(vendors_binary, tmp_path_factory.mktemp("sampling"), intake, **settings)
    collector.flags = collector.shipped
    with collector:
        sent = send_all(collector.grpc_target)
        must = set(sent[: FAILED + SLOW])
        intake.wait_for_stats(lambda _: hits(intake)["shop", "server"][0] >= TRACES, 60)
        intake.wait_for_spans(lambda spans: must <= {one.trace_id for one in spans}, 60)
        collector.stop()  # what the exporter has gathered it sends
        yield sent


def hits(intake: DatadogIntake) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], tuple[int, int]] = {("shop", "server"): (0, 0)}
    for one in intake.stats():
        before = found.get((one.service, one.kind), (0, 0))
        found[one.service, one.kind] = (before[0] + one.hits, before[1] + one.errors)
    return found


def test_statistics_count_every_request_and_every_error(ids: list[str], intake: DatadogIntake) -> None:
    assert len(ids) == TRACES
    assert hits(intake) == {
        ("shop", "server"): (TRACES, 0),
        ("shop", "client"): (TRACES, 0),
        ("stock", "server"): (TRACES, FAILED),
    }


def test_every_failed_and_every_slow_trace_is_kept(ids: list[str], intake: DatadogIntake) -> None:
    kept = {one.trace_id for one in intake.spans()}

    assert set(ids[: FAILED + SLOW]) <= kept


def test_of_the_rest_a_tenth_is_kept(ids: list[str], intake: DatadogIntake) -> None:
    kept = {one.trace_id for one in intake.spans()} & set(ids[FAILED + SLOW :])
    deviation = math.sqrt(REST * SHARE * (1 - SHARE))  # of a binomial distribution

    assert abs(len(kept) - REST * SHARE) <= SIGMAS * deviation


def test_a_kept_trace_is_whole_and_comes_once(ids: list[str], intake: DatadogIntake) -> None:
    spans = Counter(one.trace_id for one in intake.spans())

    assert set(spans) <= set(ids)
    assert set(spans.values()) == {3}


def test_p95_is_that_of_all_requests_not_of_the_kept_ones(ids: list[str], intake: DatadogIntake) -> None:
    [served] = [one for one in intake.stats() if (one.service, one.kind) == ("stock", "server")]

    assert (
        len(ids) * 0.05 == SLOW
    )  # so what is just below p95 is an ordinary one, and what is just above slow
    assert served.percentile_seconds(0.94) == pytest.approx(0.01, rel=0.02)
    assert served.percentile_seconds(0.96) == pytest.approx(2, rel=0.02)
