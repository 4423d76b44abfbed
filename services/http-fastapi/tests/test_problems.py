"""Every error is a problem detail (RFC 9457) with the trace's id, and tells nothing that it should not."""

from collections.abc import Callable

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from http_fastapi.handlers.state import store_of
from http_fastapi.settings import Settings
from otelkit.testing import Sink

JSON = {"Content-Type": "application/json"}
SECRET = "canary-4711"  # noqa: S105 - what must not come back


def problem_of(answer: Response, sink: Sink) -> dict[str, object]:
    """The problem that an answer holds, checked for what all problems have in common."""
    body: dict[str, object] = answer.json()
    server = next(span for span in sink.wait_for_spans(1) if span.kind == "SERVER")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (body["status"], body["trace_id"]) == (answer.status_code, server.trace_id)
    return body


def test_unknown_path_is_a_problem(client: TestClient, otlp_sink: Sink) -> None:
    answer = client.get("/nothing")

    assert problem_of(answer, otlp_sink)["type"] == "about:blank"
    assert answer.status_code == 404


@pytest.mark.parametrize(("path", "allowed"), [("/orders/42", "GET"), ("/orders", "GET, POST")])
def test_wrong_method_is_a_problem_that_says_what_is_allowed(
    client: TestClient, otlp_sink: Sink, path: str, allowed: str
) -> None:
    answer = client.delete(path)

    assert problem_of(answer, otlp_sink)["title"] == "Method Not Allowed"
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_unknown_order_has_a_type_of_its_own(client: TestClient, otlp_sink: Sink) -> None:
    body = problem_of(client.get("/orders/42"), otlp_sink)

    assert body["type"] == "tag:shop.example,2026:problem/order-not-found"


@pytest.mark.parametrize(
    "body", [b"{", b"nul", b"\xff\xfe", b"[" * 100_000, b'{"item": "tea", "quantity": ' + b"9" * 5000 + b"}"]
)
def test_body_that_is_no_json_is_refused_as_malformed(
    client: TestClient, otlp_sink: Sink, body: bytes
) -> None:
    answer = client.post("/orders", content=body, headers=JSON)

    assert problem_of(answer, otlp_sink)["type"] == "tag:shop.example,2026:problem/malformed"
    assert answer.status_code == 400


def test_wrong_values_are_named_by_pointer_and_parameter(client: TestClient, otlp_sink: Sink) -> None:
    body = client.post("/orders", json={"item": "", "quantity": 0, "a/b~c é": 1}).json()
    query = client.get("/orders", params={"limit": 0, "status": "lost"}).json()

    assert [error["pointer"] for error in body["errors"]] == ["#/item", "#/quantity", "#/a~1b~0c%20%C3%A9"]
    assert [error["parameter"] for error in query["errors"]] == ["status", "limit"]


@pytest.mark.parametrize(
    "body",
    [
        {"item": ["tea"], "quantity": SECRET},
        {"item": {"password": SECRET}},
        {"item": "tea", "card": SECRET},
        [SECRET],
        SECRET,
    ],
)
def test_refused_values_are_not_echoed(client: TestClient, otlp_sink: Sink, body: object) -> None:
    answer = client.post("/orders", json=body)

    assert problem_of(answer, otlp_sink)["type"] == "tag:shop.example,2026:problem/invalid"
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("quantity", "status"), [("2.0", 201), ("true", 422), ('"2"', 422), ("2.5", 422), ("NaN", 422)]
)
def test_numbers_are_what_json_schema_takes_for_integers(
    client: TestClient, quantity: str, status: int
) -> None:
    answer = client.post("/orders", content=f'{{"item": "tea", "quantity": {quantity}}}', headers=JSON)

    assert answer.status_code == status


def test_number_of_reported_errors_is_bounded(client: TestClient) -> None:
    answer = client.post("/orders", json={f"member{number}": 1 for number in range(1000)})

    assert len(answer.json()["errors"]) == 20


def test_unhandled_exception_is_a_problem_that_leaks_nothing(
    start_service: Callable[[Settings], TestClient], otlp_sink: Sink
) -> None:
    def fail() -> None:
        raise RuntimeError(SECRET)

    client = start_service(Settings())
    client.app.dependency_overrides[store_of] = fail  # type: ignore[attr-defined]  # an ASGI app to the client
    answer = client.get("/orders/42")

    assert problem_of(answer, otlp_sink)["status"] == 500
    assert SECRET not in answer.text


def test_unhandled_exception_is_recorded_once(
    start_service: Callable[[Settings], TestClient], otlp_sink: Sink
) -> None:
    def fail() -> None:
        raise RuntimeError

    client = start_service(Settings())
    client.app.dependency_overrides[store_of] = fail  # type: ignore[attr-defined]  # an ASGI app to the client
    client.get("/orders/42")

    (span,) = otlp_sink.wait_for_spans(1)
    assert span.status == "ERROR"
    assert [event.name for event in span.events] == ["exception"]
