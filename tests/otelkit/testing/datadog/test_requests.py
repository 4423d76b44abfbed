"""Every request is kept, and one that Datadog's intake would not understand is refused."""

import pytest

from otelkit.testing.datadog import DatadogIntake
from tests.otelkit.testing.datadog.payloads import LOGS, SERIES, STATS, TRACES, log, post


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_request_is_kept_as_on_the_wire_and_unpacked(intake: DatadogIntake, encoding: str) -> None:
    body = log(message="sold out")
    post(intake, LOGS, body, content_encoding=encoding)

    [request] = intake.requests(LOGS)

    assert (request.body, request.raw == body) == (body, encoding == "identity")


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v9/unheard", 404), (TRACES, 400), (STATS, 400), (SERIES, 400), (LOGS, 400)]
)
def test_what_the_intake_does_not_know_is_refused_and_kept(
    intake: DatadogIntake, path: str, status: int
) -> None:
    assert post(intake, path, b"\xc1 no payload") == (status, "")
    assert [(one.path, one.status) for one in intake.unknown] == [(path, status)]


def test_encoding_that_is_not_read_here_is_refused(intake: DatadogIntake) -> None:
    assert post(intake, LOGS, log(message="x"), content_encoding="br") == (400, "")
    assert intake.logs() == []
