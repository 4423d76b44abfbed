"""What goes to the bank and what goes into telemetry: nothing that the other end has no business with."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from otelkit.testing import Sink
from otelkit.testing.flaky import FlakyServer, Reply

StartShop = Callable[..., TestClient]
CANARY = "canary-4711"


def pay(client: TestClient, headers: dict[str, str] | None = None) -> int:
    order_id = client.post("/orders", json={"item": "tea"}).json()["id"]
    body = {"card_token": f"tok_{CANARY}"}
    return int(client.post(f"/orders/{order_id}/payment", json=body, headers=headers).status_code)


@pytest.mark.parametrize("status", [201, 402, 418, 503])
def test_no_secret_reaches_spans_or_logs(
    start_shop: StartShop, bank: FlakyServer, otlp_sink: Sink, status: int
) -> None:
    host = bank.url.removeprefix("http://")
    bank.usual = Reply(status, {"Set-Cookie": CANARY, "Location": f"/?token={CANARY}"}, CANARY.encode())
    client = start_shop(payments_url=f"http://jo:{CANARY}@{host}/", payments_token=CANARY)

    pay(client, {"Authorization": f"Bearer {CANARY}", "baggage": f"tenant={CANARY}"})

    spans = otlp_sink.wait_for_spans(lambda spans: any(s.name.endswith("/payment") for s in spans))
    assert "CLIENT" in {span.kind for span in spans}
    assert CANARY in str(bank.received)
    assert CANARY not in str(spans)
    assert CANARY not in str(otlp_sink.wait_for_logs())


def test_bank_gets_the_trace_and_no_baggage(
    start_shop: StartShop, bank: FlakyServer, otlp_sink: Sink
) -> None:
    pay(start_shop(), {"baggage": "tenant=4711"})

    spans = otlp_sink.wait_for_spans(lambda spans: any(s.name.endswith("/payment") for s in spans))
    (attempt,) = (span for span in spans if span.kind == "CLIENT")
    assert bank.received[0].headers["traceparent"].startswith(f"00-{attempt.trace_id}-{attempt.span_id}-")
    assert "baggage" not in bank.received[0].headers


def test_bank_on_the_list_gets_baggage(
    start_shop: StartShop, bank: FlakyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTELKIT_BAGGAGE_HOSTS", "127.0.0.1")

    pay(start_shop(), {"baggage": "tenant=4711"})

    assert bank.received[0].headers["baggage"] == "tenant=4711"


def test_customers_share_no_cookies(start_shop: StartShop, bank: FlakyServer) -> None:
    bank.usual = Reply(201, {"Set-Cookie": "session=4711"}, bank.usual.body)
    client = start_shop()

    assert [pay(client), pay(client)] == [201, 201]

    assert [request.headers.get("cookie") for request in bank.received] == [None, None]
