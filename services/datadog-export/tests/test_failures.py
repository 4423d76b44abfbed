"""What fails is an error, once, of the span that Error Tracking reads; what a customer does is none."""

from typing import Any

import pytest

from otelkit.testing.flaky import NO_REPLY, FlakyServer, Reply
from otelkit.testing.ports import free_port

EXCEPTION = "datadog_export.errors.BankUnavailableError"


def events_of(spans: list[Any]) -> list[tuple[str, str]]:
    return [(span.name, event.attributes["exception.type"]) for span in spans for event in span.events]


def test_exception_is_on_the_entry_span_and_nowhere_else(shop: Any) -> None:
    spans = shop.trace_of(shop.refund(2_503), 6)

    assert events_of(spans) == [("POST /refunds", EXCEPTION)]
    (server,) = [span for span in spans if span.name == "POST /refunds"]
    (event,) = server.events
    assert (server.status, server.attributes["error.type"]) == ("ERROR", "503")
    # Error Tracking asks for two lines and a frame with a file and a function.
    assert 'datadog_export/refunds.py", line' in event.attributes["exception.stacktrace"]
    assert event.attributes["exception.message"] == "REDACTED"


def test_message_of_an_exception_that_is_allowed_stays(start_shop: Any) -> None:
    shop = start_shop(OTELKIT_ALLOW_EXCEPTIONS=EXCEPTION)

    spans = shop.trace_of(shop.refund(503), 6)

    messages = [event.attributes["exception.message"] for span in spans for event in span.events]
    assert messages == ["the bank answered 503"]


@pytest.mark.parametrize(
    ("amount_cents", "payment_id", "status"), [(402, "pay-1", 402), (10, "pay-9", 404), (9_999, "pay-2", 409)]
)
def test_what_a_customer_does_wrong_is_no_error_of_the_service(
    shop: Any, amount_cents: int, payment_id: str, status: int
) -> None:
    answer = shop.refund(amount_cents, payment_id)

    ours = [span for span in shop.trace_of(answer, 3) if span.name in {"POST /refunds", "refund payment"}]
    assert answer.status == status
    assert {span.status for span in ours} == {"UNSET"}
    assert events_of(ours) == []


def test_refund_that_is_refused_does_not_count_and_one_that_nobody_knows_of_does(start_shop: Any) -> None:
    shop = start_shop()

    statuses = [shop.refund(cents, "pay-2").status for cents in (1_402, 1_503, 1_402, 997, 1)]

    assert statuses == [402, 503, 409, 201, 409]


def test_bank_that_does_not_keep_to_the_agreement_is_bounded(start_shop: Any) -> None:
    endless = Reply(200, body=b"x" * 2**20, times=64)
    with FlakyServer([NO_REPLY, Reply(302, {"location": "/"}), endless]) as bank:
        shop = start_shop(DATADOG_EXPORT_BANK_URL=bank.url, DATADOG_EXPORT_BANK_SECONDS="0.5")
        statuses = [shop.refund(100).status for _ in range(3)]

    assert statuses == [503, 503, 201]
    assert len({request.headers["idempotency-key"] for request in bank.received}) == 3


def test_bank_that_is_away_is_an_answer_with_a_trace_id_and_no_address(start_shop: Any) -> None:
    shop = start_shop(DATADOG_EXPORT_BANK_URL=f"http://127.0.0.1:{free_port()}")

    answer = shop.refund(100)

    assert (answer.status, answer.body["detail"]) == (503, "the bank did not answer")
    assert len(answer.body["trace_id"]) == 32


def test_invalid_request_shows_no_value(shop: Any) -> None:
    answer = shop.refund("canary4711")

    assert answer.status == 422
    assert "body.amount_cents" in answer.body["detail"]
    assert "canary4711" not in repr(answer.body) + repr(shop.trace_of(answer, 1))
