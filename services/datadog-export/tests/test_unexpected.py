"""What nobody foresees: a bug is an error of the entry span; refunds at once are no more than was paid."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Never

import pytest
from starlette.testclient import TestClient

from datadog_export.server import create_app
from datadog_export.settings import Settings
from datadog_export.startup import start_telemetry
from datadog_export.store import RefundStore
from otelkit.testing import Sink


async def fail(*_: object) -> Never:
    raise RuntimeError("canary4711")


def test_bug_is_an_error_of_the_entry_span_once(
    otlp_sink: Sink, reset_telemetry: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(RefundStore, "reserve", fail)
    app = create_app(Settings(), start_telemetry())
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.post("/refunds", json={"payment_id": "pay-1", "amount_cents": 1})

    spans = {span.name: span for span in otlp_sink.spans()}
    entry, inner = spans["POST /refunds"], spans["refund payment"]
    assert answer.status_code == 500
    assert (entry.attributes["error.type"], inner.attributes["error.type"]) == (
        "RuntimeError",
        "RuntimeError",
    )
    assert [event.attributes["exception.type"] for event in entry.events] == ["RuntimeError"]
    assert (entry.status, inner.status, inner.events) == ("ERROR", "ERROR", ())
    assert "canary4711" not in answer.text + repr(otlp_sink.spans()) + repr(otlp_sink.logs())


def test_refunds_at_once_give_back_no_more_than_was_paid(start_shop: Any) -> None:
    shop = start_shop()

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: shop.refund(500, "pay-2"), range(10)))

    assert Counter(answer.status for answer in answers) == {201: 5, 409: 5}
