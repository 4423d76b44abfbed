"""Requests while PostgreSQL is killed, restarted, frozen: right statuses, in time, and fine afterwards."""

import time
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from otelkit.testing import Sink
from otelkit.testing.servers.server import Server
from sql_sqlalchemy.settings import Settings

pytestmark = pytest.mark.integration


def test_request_is_a_503_while_the_server_is_away_and_fine_afterwards(
    start_service: Callable[[Settings], TestClient],
    impatient: Settings,
    own_postgres_server: Server,
    otlp_sink: Sink,
) -> None:
    client = start_service(impatient)
    assert client.post("/accounts", json={"owner": "Ann"}).status_code == 201

    own_postgres_server.kill()
    answer = client.post("/accounts", json={"owner": "Bob"})
    own_postgres_server.restart()
    again = client.post("/accounts", json={"owner": "Bob"})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["detail"] == "the database does not answer"
    assert again.status_code == 201
    spans = otlp_sink.wait_for_spans(lambda all_: sum(span.kind == "SERVER" for span in all_) == 3)
    failed = [span for span in spans if span.trace_id == answer.json()["trace_id"]]
    (work,) = [span for span in failed if span.name == "open account"]
    assert (work.status, work.attributes["error.type"]) == ("ERROR", "UnavailableError")
    assert "transaction retried" in {event.name for event in work.events}


def test_restarted_server_costs_no_request(
    start_service: Callable[[Settings], TestClient], impatient: Settings, own_postgres_server: Server
) -> None:
    client = start_service(impatient)
    account = client.post("/accounts", json={"owner": "Ann"}).headers["location"]

    own_postgres_server.kill()
    own_postgres_server.restart()

    assert client.get(account).status_code == 200


def test_frozen_server_is_an_error_in_time_and_forgotten_when_it_thaws(
    start_service: Callable[[Settings], TestClient], impatient: Settings, own_postgres_server: Server
) -> None:
    client = start_service(impatient)
    account = client.post("/accounts", json={"owner": "Ann"}).headers["location"]

    own_postgres_server.freeze()
    begun = time.monotonic()
    answer = client.get(account)
    seconds = time.monotonic() - begun
    own_postgres_server.thaw()

    assert answer.status_code == 503
    assert seconds < 10
    assert client.get(account).status_code == 200
