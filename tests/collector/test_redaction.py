"""What a sender without redaction of its own lets out is masked by the Collector."""

import pytest

from otelkit.testing import Sink
from otelkit.traces import Span
from tests.collector.payloads import Value, send_log, send_spans, span
from tests.collector.process import RunningCollector

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
TRACEBACK = """Traceback (most recent call last):
  File "shop/orders.py", line 7, in add
    raise OutOfStock(customer)
shop.errors.OutOfStock: Ada Lovelace, Main Street 1
"""


class Courier:
    """Sends one span through the Collector and gives it as it arrived."""

    def __init__(self, collector: RunningCollector, sink: Sink) -> None:
        self._collector = collector
        self._sink = sink

    def carry(self, attributes: dict[str, Value], event: dict[str, Value] | None = None) -> Span:
        self._sink.clear()
        send_spans(self._collector.grpc_target, [span(1, attributes, event)])
        return self._sink.wait_for_spans()[0]

    def carry_log(self, body: str) -> str:
        self._sink.clear()
        send_log(self._collector.grpc_target, body)
        return str(self._sink.wait_for_logs()[0].body)


@pytest.fixture
def courier(running: RunningCollector, sink: Sink) -> Courier:
    return Courier(running, sink)


@pytest.mark.parametrize(
    ("key", "value", "arrived"),
    [
        ("url.full", "https://shop.test/orders?token=hunter2&page=1", "https://shop.test/orders****"),
        ("url.full", "https://ada:hunter2@shop.test/orders", "https****shop.test/orders"),
        ("url.query", "token=hunter2", "****"),
        ("http.target", "/orders?q=hunter2", "/orders****"),
        ("note", "Authorization: Bearer hunter2hunter2", "Authorization: ****"),
        ("note", f"got {JWT}", "got ****"),
        ("note", "password=hunter2 user=1", "**** user=1"),
        ("note", "api_key: Bearer hunter2hunter2 x", "**** x"),
        ("note", "mail ada@example.com now", "mail **** now"),
        ("note", "card 4111 1111 1111 1111", "card ****"),
        ("http.request.header.authorization", ["Basic hunter2hunter2"], "****"),
        ("app.client_secret", "hunter2", "****"),
        ("db.query.parameter.0", "hunter2", "****"),
        ("exception.message", "hunter2", "****"),
    ],
)
def test_secret_in_a_span_attribute_is_masked(courier: Courier, key: str, value: Value, arrived: str) -> None:
    assert courier.carry({key: value}).attributes[key] == arrived


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("url.full", "https://shop.test/orders?token=REDACTED"),
        ("url.full", "https://shop.test/orders/42"),
        ("url.query", "token=REDACTED&q=REDACTED"),
        ("url.path", "/orders/8c1f7c1e-0c2d-4a5e-9a0b-1d2e3f4a5b6c"),
        ("http.route", "/orders/{order_id}"),
        ("http.response.status_code", 201),
        ("exception.message", "REDACTED"),
        ("exception.type", "shop.errors.OutOfStock"),
        ("server.address", "127.0.0.1"),
        ("user_agent.original", "python-httpx2/2.16.0"),
    ],
)
def test_harmless_or_already_redacted_value_stays_as_it_is(courier: Courier, key: str, value: Value) -> None:
    carried = courier.carry({key: value})

    assert carried.attributes[key] == value
    assert "redaction.masked.count" not in carried.attributes


def test_sql_literal_is_replaced_and_the_statement_stays_readable(courier: Courier) -> None:
    statement = "SELECT * FROM orders WHERE customer = 'Ada' AND id = 7"

    carried = courier.carry({"db.system.name": "postgresql", "db.query.text": statement})

    assert carried.attributes["db.query.text"] == "SELECT * FROM orders WHERE customer = ? AND id = ?"


def test_exception_keeps_its_type_and_place_and_loses_its_message(courier: Courier) -> None:
    carried = courier.carry({}, {"exception.message": "Ada Lovelace", "exception.stacktrace": TRACEBACK})

    attributes = carried.events[0].attributes
    assert attributes["exception.message"] == "****"
    assert "Ada Lovelace" not in str(attributes["exception.stacktrace"])
    assert 'File "shop/orders.py", line 7, in add' in str(attributes["exception.stacktrace"])


def test_secret_in_a_log_body_is_masked(courier: Courier) -> None:
    assert courier.carry_log("calling https://shop.test/?token=hunter2 now") == (
        "calling https://shop.test/**** now"
    )


def test_plain_log_body_stays_as_it_is(courier: Courier) -> None:
    assert courier.carry_log("order accepted: 3 lamps, select one") == "order accepted: 3 lamps, select one"


def test_masking_is_counted_on_the_span(courier: Courier) -> None:
    assert courier.carry({"note": "password=hunter2"}).attributes["redaction.masked.count"] == 1
