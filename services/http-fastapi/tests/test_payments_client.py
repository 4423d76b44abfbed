"""The client alone: what it repeats, what it has room for, and what becomes of a caller who leaves."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx2
import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from http_fastapi.client import open_payments_client
from http_fastapi.client.answer import Answer
from http_fastapi.client.budget import RetryBudget
from http_fastapi.client.errors import PoolExhaustedError
from http_fastapi.client.retries import TryLaterError, may_repeat, retry_after
from http_fastapi.models import Charge
from http_fastapi.settings import Settings
from otelkit import configure
from otelkit.instrumentation.httpx2 import Httpx2Instrumentor
from otelkit.testing import Sink
from otelkit.testing.flaky import NO_REPLY, FlakyServer

CHARGE = Charge(order_id="o-1", amount_cents=350, card_token=SecretStr("tok_visa"))
LATER = TryLaterError(Answer(503, httpx2.Headers(), b""))


def settings(bank: FlakyServer, **values: Any) -> Settings:
    return Settings.model_validate({"payments_url": bank.url, **values})


async def test_exhausted_pool_is_our_own_overload(bank: FlakyServer) -> None:
    bank.script = [NO_REPLY]
    async with open_payments_client(
        settings(bank, payments_connections=1, payments_pool_seconds=0.02)
    ) as payments:
        first = asyncio.create_task(payments.pay(CHARGE))
        await asyncio.to_thread(bank.wait_for_requests)

        with pytest.raises(PoolExhaustedError, match=r"^All 1 connections to the bank were in use for 0\.02"):
            await payments.pay(CHARGE)

        first.cancel()
    assert len(bank.received) == 1


async def test_caller_who_leaves_ends_span_and_connection(
    bank: FlakyServer, otlp_sink: Sink, reset_telemetry: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    telemetry = configure("http-fastapi")
    Httpx2Instrumentor().instrument()
    bank.script = [NO_REPLY]

    async with open_payments_client(settings(bank)) as payments:
        call = asyncio.create_task(payments.pay(CHARGE))
        await asyncio.to_thread(bank.wait_for_requests)
        call.cancel()
        await asyncio.wait([call])
        assert (await payments.pay(CHARGE)).id == "p-1"

    await asyncio.to_thread(telemetry.shutdown)
    left, paid = sorted(otlp_sink.spans(), key=lambda span: span.start_nanos)
    assert (left.status, left.attributes["error.type"]) == ("ERROR", "asyncio.exceptions.CancelledError")
    assert (paid.status, paid.attributes["http.response.status_code"]) == ("UNSET", 201)


@pytest.mark.parametrize(
    ("method", "headers", "error", "repeated"),
    [
        ("POST", {}, LATER, False),
        ("POST", {}, httpx2.ReadTimeout(""), False),
        ("POST", {}, httpx2.ConnectError(""), True),
        ("POST", {}, httpx2.ConnectTimeout(""), True),
        ("POST", {"Idempotency-Key": "1"}, LATER, True),
        ("POST", {"Idempotency-Key": "1"}, httpx2.ReadTimeout(""), True),
        ("PATCH", {}, LATER, False),
        ("PUT", {}, LATER, True),
        ("GET", {}, httpx2.RemoteProtocolError(""), True),
        ("GET", {}, httpx2.PoolTimeout(""), False),
        ("GET", {}, httpx2.LocalProtocolError(""), False),
        ("GET", {}, ValueError(), False),
    ],
)
def test_only_what_can_do_no_harm_is_repeated(
    method: str, headers: dict[str, str], error: Exception, repeated: object
) -> None:
    assert may_repeat(httpx2.Request(method, "http://bank.example/", headers=headers), error) is repeated


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("9" * 400, 86_400),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0),
        ("Fri, 31 Dec 1999 23:59:59", None),
        *((text, None) for text in ("", "soon", "-1", "1.5", "²")),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after(text) == seconds


@hypothesis.settings(deadline=None)
@given(st.text() | st.from_regex(r"\w{3}, \d{1,9} [A-Z][a-z]{2} \d{1,9} \d+:\d+:\d+ ([+-]\d+|GMT)?"))
def test_retry_after_of_any_text_is_a_time_within_a_day_or_nothing(text: str) -> None:
    assert 0 <= (retry_after(text) or 0) <= 86_400


def test_retry_after_as_a_date_to_come_is_the_time_until_then() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)

    assert 55 < (retry_after(later) or 0) <= 60


def test_budget_gives_its_reserve_and_then_a_part_of_the_requests() -> None:
    budget = RetryBudget(ratio=0.5, reserve=2)

    granted = []
    for _ in range(6):
        budget.deposit()
        granted.append(budget.withdraw())

    assert granted == [True, True, True, False, True, False]
