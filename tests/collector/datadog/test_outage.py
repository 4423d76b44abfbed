"""While Datadog is away telemetry waits on disk; what the exporter had in hand is lost, and counted."""

from collections import Counter
from pathlib import Path

import grpc
import pytest

from otelkit.testing.datadog import Answer, DatadogIntake
from tests.collector.datadog import load
from tests.collector.datadog.load import numbered
from tests.collector.datadog.otlp import send
from tests.collector.datadog.process import LOGS, STATS, TRACES, ToDatadog
from tests.waiting import wait_until

FIRST, LATER = range(1, 51), range(51, 101)
ALL = range(1, 101)
DROPPED = "datadog_trace_agent_trace_writer_dropped"
WAITING = "otelcol_exporter_queue_size"
ONCE = 1


def each_once(numbers: range) -> Counter[int]:
    return Counter(dict.fromkeys(numbers, ONCE))


@pytest.mark.parametrize("failure", ["429", "503", "not listening"])
def test_an_outage_loses_only_the_spans_that_the_exporter_had_in_hand(
    vendors_binary: Path, own_intake: DatadogIntake, tmp_path: Path, failure: str
) -> None:
    with ToDatadog(vendors_binary, tmp_path, own_intake) as collector:
        fail(own_intake, failure)
        send(collector.grpc_target, *numbered(FIRST))
        wait_until(lambda: collector.counter(DROPPED) == 1, 40)
        send(collector.grpc_target, *numbered(LATER))
        wait_until(lambda: collector.counter(WAITING) > 0, 20)
        own_intake.answer()
        if failure == "not listening":
            own_intake.start()

        own_intake.wait_for_logs(len(ALL), 60)
        own_intake.wait_for_spans(len(LATER), 60)
        own_intake.wait_for_metrics(lambda _: len(load.arrived_metrics(own_intake)) == len(ALL), 60)
        own_intake.wait_for_stats(lambda _: load.hits(own_intake) >= len(ALL), 60)

        assert load.arrived_spans(own_intake) == each_once(LATER)
        assert load.arrived_logs(own_intake) == each_once(ALL)
        assert load.arrived_metrics(own_intake) == each_once(ALL)
        assert load.hits(own_intake) == len(ALL)
        assert collector.counter(DROPPED) == 1


def fail(intake: DatadogIntake, failure: str) -> None:
    if failure == "not listening":
        intake.stop()
    else:
        intake.answer(Answer(int(failure), retry_after_seconds=1))


@pytest.mark.parametrize("status", [429, 500])
def test_a_failure_shorter_than_four_tries_loses_nothing(
    vendors_binary: Path, own_intake: DatadogIntake, tmp_path: Path, status: int
) -> None:
    with ToDatadog(vendors_binary, tmp_path, own_intake) as collector:
        own_intake.answer(Answer(status), path="/api/v0.2/", times=3)
        send(collector.grpc_target, *numbered(FIRST))
        own_intake.wait_for_spans(len(FIRST))
        own_intake.wait_for_stats(lambda _: load.hits(own_intake) >= len(FIRST))

        assert load.arrived_spans(own_intake) == each_once(FIRST)
        assert load.hits(own_intake) == len(FIRST)
        assert len(own_intake.requests(TRACES)) + len(own_intake.requests(STATS)) == 3 + 2


@pytest.mark.parametrize("answer", [Answer(after_seconds=3), Answer(silent=True)], ids=["slow", "no answer"])
def test_a_slow_or_missing_answer_is_waited_out(
    vendors_binary: Path, own_intake: DatadogIntake, tmp_path: Path, answer: Answer
) -> None:
    with ToDatadog(vendors_binary, tmp_path, own_intake) as collector:
        own_intake.answer(answer, times=4)
        send(collector.grpc_target, *(numbered(FIRST)[0], numbered(FIRST)[2]))
        own_intake.wait_for_spans(len(FIRST), 60)
        own_intake.wait_for_metrics(lambda _: len(load.arrived_metrics(own_intake)) == len(FIRST), 60)
        own_intake.wait_for_stats(lambda _: load.hits(own_intake) >= len(FIRST), 60)

        assert load.arrived_spans(own_intake) == each_once(FIRST)
        assert load.hits(own_intake) == len(FIRST)


def test_logs_wait_for_an_answer_as_long_as_the_connection_stands_and_come_again(
    vendors_binary: Path, own_intake: DatadogIntake, tmp_path: Path
) -> None:
    with ToDatadog(vendors_binary, tmp_path, own_intake) as collector:
        own_intake.answer(Answer(silent=True), path=LOGS)
        send(collector.grpc_target, *numbered(FIRST))
        own_intake.wait_for_requests(LOGS, lambda requests: any(one.status == 0 for one in requests))
        own_intake.stop()
        own_intake.answer()
        own_intake.start()
        own_intake.wait_for_logs(len(FIRST))

        assert load.arrived_logs(own_intake) == each_once(FIRST)


def test_a_full_queue_is_refused_to_the_sender_who_may_keep_it(
    vendors_binary: Path, own_intake: DatadogIntake, tmp_path: Path
) -> None:
    with ToDatadog(vendors_binary, tmp_path, own_intake, COLLECTOR_QUEUE_BYTES="300000") as collector:
        own_intake.answer(Answer(503))
        taken = send_until_refused(collector, 1)
        own_intake.answer()
        own_intake.wait_for_logs(len(taken), 60)

        assert load.arrived_logs(own_intake) == each_once(taken)


def test_a_full_queue_of_metrics_survives_a_crash(
    vendors_binary: Path, own_intake: DatadogIntake, tmp_path: Path
) -> None:
    collector = ToDatadog(vendors_binary, tmp_path, own_intake, COLLECTOR_QUEUE_BYTES="300000")
    try:
        collector.start()
        own_intake.answer(Answer(503))
        taken = send_until_refused(collector, 2)
        collector.kill()
        own_intake.answer()
        collector.start()
        own_intake.wait_for_metrics(lambda _: len(load.arrived_metrics(own_intake)) == len(taken), 60)
    finally:
        collector.stop()

    assert load.arrived_metrics(own_intake) == each_once(taken)


def send_until_refused(collector: ToDatadog, signal: int) -> range:
    """Send one signal of `numbered` until the Collector refuses; gives the numbers that it has taken."""
    for first in range(1, 100_000, 100):
        try:
            send(collector.grpc_target, numbered(range(first, first + 100))[signal])
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE or first == 1:
                raise
            return range(1, first)
    raise AssertionError("never refused")
