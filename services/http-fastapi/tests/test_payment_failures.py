"""Whatever the bank does, the customer gets a clear problem in time, and the spans say what it was."""

from collections.abc import Callable

import httpx2
import pytest
from starlette.testclient import TestClient

from otelkit.testing import Sink
from otelkit.testing.flaky import NO_REPLY, FlakyServer, Reply
from otelkit.testing.ports import free_port
from otelkit.testing.raw import answering
from otelkit.traces import Span

StartShop = Callable[..., TestClient]
PAYMENT_SPAN = "POST /orders/{order_id}/payment"


def pay(client: TestClient) -> httpx2.Response:
    order_id = client.post("/orders", json={"item": "tea"}).json()["id"]
    answer: httpx2.Response = client.post(f"/orders/{order_id}/payment", json={"card_token": "tok_visa"})
    return answer


def attempts(sink: Sink) -> list[Span]:
    sink.wait_for_spans(lambda spans: any(span.name == PAYMENT_SPAN for span in spans))
    return sorted((s for s in sink.spans() if s.kind == "CLIENT"), key=lambda span: span.start_nanos)


def outcomes(sink: Sink) -> list[object]:
    return [span.attributes.get("error.type") for span in attempts(sink)]


@pytest.mark.parametrize(
    ("reply", "status", "kind"),
    [
        (Reply(402), 402, "payment-declined"),
        (Reply(409), 409, "payment-conflicts"),
        (Reply(422), 409, "payment-conflicts"),
        (Reply(401), 502, "bank-failed"),
        (Reply(500), 502, "bank-failed"),
        (Reply(201, body=b"\xff{"), 502, "bank-failed"),
        (Reply(201, body=b'{"id": ""}'), 502, "bank-failed"),
        (Reply(201, {"Content-Encoding": "gzip"}, b"{}"), 502, "bank-failed"),
        (Reply(201, body=bytes(1000), times=1000), 502, "bank-failed"),
    ],
)
def test_answer_that_is_final_is_told_and_not_asked_for_again(
    start_shop: StartShop, bank: FlakyServer, reply: Reply, status: int, kind: str
) -> None:
    bank.usual = reply

    answer = pay(start_shop())

    assert (answer.status_code, len(bank.received)) == (status, 1)
    assert answer.json()["type"].endswith(f"/{kind}")
    assert len(answer.json()["trace_id"]) == 32


def test_unreachable_bank_is_asked_three_times(start_shop: StartShop, otlp_sink: Sink) -> None:
    answer = pay(start_shop(payments_url=f"http://127.0.0.1:{free_port()}"))

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["type"].endswith("/bank-unavailable")
    assert outcomes(otlp_sink) == ["httpx2.ConnectError"] * 3


def test_bank_that_talks_nonsense_is_a_bad_gateway(start_shop: StartShop, otlp_sink: Sink) -> None:
    with answering(b"\x00\x01 nonsense\r\n\r\n") as port:
        answer = pay(start_shop(payments_url=f"http://127.0.0.1:{port}"))

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (502, "bank-failed")
    assert outcomes(otlp_sink) == ["httpx2.RemoteProtocolError"] * 3


def test_silent_bank_is_a_gateway_timeout(start_shop: StartShop, bank: FlakyServer, otlp_sink: Sink) -> None:
    bank.usual = NO_REPLY

    answer = pay(start_shop(payments_read_seconds=0.05))

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (504, "bank-timed-out")
    assert outcomes(otlp_sink) == ["httpx2.ReadTimeout"] * 3


def test_deadline_ends_everything_the_attempt_under_way_too(
    start_shop: StartShop, bank: FlakyServer, otlp_sink: Sink
) -> None:
    bank.usual = NO_REPLY

    answer = pay(start_shop(payments_read_seconds=60, payments_deadline_seconds=0.3))

    assert answer.status_code == 504
    assert outcomes(otlp_sink) == ["asyncio.exceptions.CancelledError"]


def test_redirect_is_not_followed_so_that_credentials_stay(start_shop: StartShop, bank: FlakyServer) -> None:
    with FlakyServer() as elsewhere:
        bank.usual = Reply(307, {"Location": f"{elsewhere.url}/payments"})
        answer = pay(start_shop(payments_token="canary-4711"))  # noqa: S106 - no password

    assert (answer.status_code, elsewhere.received) == (502, [])
    assert bank.received[0].headers["authorization"] == "Bearer canary-4711"


def test_retry_after_is_waited_for(start_shop: StartShop, bank: FlakyServer, otlp_sink: Sink) -> None:
    bank.script = [Reply(429, {"Retry-After": "1"})]

    assert pay(start_shop()).status_code == 201

    first, second = attempts(otlp_sink)
    assert second.start_nanos - first.end_nanos >= 1e9
    assert second.attributes["http.request.resend_count"] == 1


def test_retry_after_behind_the_deadline_is_passed_on(start_shop: StartShop, bank: FlakyServer) -> None:
    bank.usual = Reply(503, {"Retry-After": "60"})

    answer = pay(start_shop())

    assert (answer.status_code, answer.headers["retry-after"], len(bank.received)) == (503, "60", 1)


def test_outage_is_not_multiplied_by_retries(start_shop: StartShop, bank: FlakyServer) -> None:
    bank.usual = Reply(503)
    client = start_shop()

    answers = {pay(client).status_code for _ in range(30)}

    assert answers == {503}
    assert 30 < len(bank.received) <= 30 + 10 + 3


def test_order_is_paid_once(start_shop: StartShop, bank: FlakyServer) -> None:
    client = start_shop()
    order_id = client.post("/orders", json={"item": "tea", "quantity": 2}).json()["id"]

    answers = [client.post(f"/orders/{order_id}/payment", json={"card_token": "tok_visa"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert [request.headers["idempotency-key"] for request in bank.received] == [order_id]
    assert client.get(f"/orders/{order_id}").json()["status"] == "paid"


def test_order_that_does_not_exist_cannot_be_paid(start_shop: StartShop, bank: FlakyServer) -> None:
    answer = start_shop().post("/orders/ghost/payment", json={"card_token": "tok_visa"})

    assert (answer.status_code, bank.received) == (404, [])
