"""The intake fails as it is told to, and keeps nothing of what it did not take."""

import time

import pytest

from otelkit.testing.datadog import Answer, DatadogIntake
from tests.otelkit.testing.datadog.payloads import LOGS, TRACES, log, post, traces

LOG = log(message="sold out")


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_refused_request_is_counted_and_its_records_are_not_kept(intake: DatadogIntake, status: int) -> None:
    intake.answer(Answer(status))

    assert post(intake, LOGS, LOG) == (status, "")
    assert (intake.logs(), [one.status for one in intake.requests()]) == ([], [status])


def test_sender_is_told_when_to_come_again(intake: DatadogIntake) -> None:
    intake.answer(Answer(429, retry_after_seconds=3))

    assert post(intake, LOGS, LOG) == (429, "3")


def test_answer_is_for_some_requests_of_a_path_and_then_over(intake: DatadogIntake) -> None:
    intake.answer(Answer(503), path=LOGS, times=2)

    answers = [post(intake, TRACES, traces({}))[0], *(post(intake, LOGS, LOG)[0] for _ in range(3))]

    assert answers == [202, 503, 503, 202]
    assert len(intake.logs()) == 1


def test_slow_answer_comes_late(intake: DatadogIntake) -> None:
    intake.answer(Answer(after_seconds=0.3))
    begun = time.monotonic()

    assert post(intake, LOGS, LOG)[0] == 202
    assert time.monotonic() - begun >= 0.3


def test_silence_is_no_answer_and_no_record(intake: DatadogIntake) -> None:
    intake.answer(Answer(silent=True))

    with pytest.raises(TimeoutError):
        post(intake, LOGS, LOG, timeout=0.2)

    assert (intake.logs(), [one.status for one in intake.requests()]) == ([], [0])


def test_stopped_intake_refuses_connections_and_listens_again_at_the_same_place() -> None:
    intake = DatadogIntake().start()
    url = intake.url
    intake.stop()
    with pytest.raises(ConnectionRefusedError):
        post(intake, LOGS, LOG)

    with intake:
        assert (intake.url, post(intake, LOGS, LOG)[0]) == (url, 202)
        assert len(intake.logs()) == 1


def test_key_is_called_valid_unless_it_is_told_otherwise(intake: DatadogIntake) -> None:
    assert post(intake, "/api/v1/validate", b"")[0] == 202
    intake.answer(Answer(403), path="/api/v1/validate")
    assert post(intake, "/api/v1/validate", b"")[0] == 403
