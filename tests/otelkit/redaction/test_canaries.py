"""Fifty secrets go in everywhere; none may be found in the bytes that leave."""

import logging

import pytest
from opentelemetry import baggage
from opentelemetry._logs import LogRecord
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.processor.baggage import BaggageLogProcessor, BaggageSpanProcessor
from opentelemetry.trace import Link, Tracer
from opentelemetry.util.types import AnyValue

from otelkit.redaction import AllowList, baggage_predicate
from tests.otelkit.redaction.pipeline import Pipeline, event_text

C = "CANARYx7Q9"

SPAN_ATTRIBUTES: dict[str, AnyValue] = {
    "url.query": f"token={C}&page={C}&{C}",
    "url.full": f"https://bob:{C}@shop.example/orders?key={C}#{C}",
    "http.url": f"http://{C}@shop.example/orders/{C}x?a={C};b={C}".replace(f"/{C}x", "/42"),
    "http.target": f"/orders?q={C}&q={C}",
    "url.fragment": f"access_token={C}",
    "http.request.header.authorization": [f"Bearer {C}"],
    "http.request.header.x-tenant": [C, C],
    "http.request.header.cookie": [f"session={C}; theme={C}"],
    "http.response.header.set_cookie": (f"session={C}",),
    "rpc.request.metadata.x-key": [C],
    "db.query.text": "SELECT '@', E'a\\'@' FROM t -- @\nWHERE a = $x$ @ $x$ /* @ */".replace("@", C),
    "db.statement": "INSERT INTO t VALUES ('it''s @', 4111)".replace("@", C),
    "db.query.parameter.name": C,
    "db.statement.parameters": f"({C!r},)",
    "db.password": C,
    "accessToken": C,
    "message": f"login with password={C} failed",
    "list": [f"token: {C}", "fine", f"postgresql://shop:{C}@db/shop"],
    "nested": {"deep": [{"api_key": C, "note": f"Bearer {C}"}], "request_headers": {"x-any": C}},
    "raw": f'{{"secret":"{C}"}}'.encode(),
    "jwt": f"eyJhbGciOiJIUzI1NiJ9.{C}.{C}",
}

LOG_BODIES: list[AnyValue] = [
    f'127.0.0.1:1 - "GET /orders?token={C} HTTP/1.1" 200',
    f'127.0.0.1:1 - "GET /orders?x="{C} HTTP/1.1" 200',
    f"connecting to amqp://guest:{C}@broker:5672/",
    f"Authorization: Basic {C}",
    f"Cookie: a={C}; b={C}",
    f"{{'authorization': 'Bearer {C}'}}",
    f"[(b'authorization', b'Bearer {C}')]",
    f'{{"api_key":"{C}","client_secret": "{C}"}}',
    f"PASSWORD = '{C} {C}'",
    {"user": {"password": C}, "headers": {"x-api": C}, "url": f"http://h/?a={C}"},
    [f"access_token={C}&x=1", {"cookies": {"a": C}, "query_string": f"a={C}".encode()}],
]


def test_no_span_attribute_lets_a_secret_out(pipeline: Pipeline) -> None:
    other = pipeline.tracer.start_span("other")
    links = [Link(other.get_span_context(), SPAN_ATTRIBUTES)]
    with pipeline.tracer.start_as_current_span(
        f"GET /orders?token={C}", attributes=SPAN_ATTRIBUTES, links=links
    ) as span:
        span.set_attribute("http.route", "/orders/{id}")
        span.set_attribute("http.request.method", "GET")
        span.add_event(f"login password={C}", SPAN_ATTRIBUTES)
    exported = pipeline.exported_bytes()
    assert C.encode() not in exported
    for useful in ("/orders/{id}", "shop.example", "http.request.header.authorization", "page=REDACTED"):
        assert useful.encode() in exported
    assert pipeline.spans[0].name == "GET /orders"


@pytest.mark.parametrize("body", LOG_BODIES, ids=str)
def test_no_log_body_lets_a_secret_out(pipeline: Pipeline, body: AnyValue) -> None:
    attributes = {"extra": body, **SPAN_ATTRIBUTES}
    pipeline.emit(LogRecord(body=body, attributes=attributes, event_name=f"token={C}"))
    assert C.encode() not in pipeline.exported_bytes()


def fail_with_secrets() -> None:
    """Chain, group and notes, every message with a secret."""
    try:
        try:
            raise KeyError(C)
        except KeyError as error:
            raise ValueError(f"{C}\nValueError: {C}\n{C}") from error
    except ValueError as error:
        error.add_note(C)
        raise ExceptionGroup(C, [error, OSError(C), ExceptionGroup(C, [TypeError(C)])]) from error


def record_failure(tracer: Tracer) -> None:
    with pytest.raises(ExceptionGroup), tracer.start_as_current_span("work"):
        fail_with_secrets()


def test_exception_texts_stay_and_types_and_places_leave(pipeline: Pipeline) -> None:
    record_failure(pipeline.tracer)
    span = pipeline.spans[0]
    assert C.encode() not in pipeline.exported_bytes()
    stacktrace = event_text(span, "exception.stacktrace")
    for kept in (
        "ExceptionGroup",
        "KeyError",
        "ValueError",
        "OSError",
        "TypeError",
        __file__,
        "in fail_with_secrets",
    ):
        assert kept in stacktrace
    assert "The above exception was the direct cause" in stacktrace
    assert span.status.description == "ExceptionGroup: REDACTED"


def test_logged_exception_keeps_its_type_and_place_only(pipeline: Pipeline) -> None:
    logger = logging.Logger("shop")  # noqa: LOG001 - one that no other test sees
    logger.addHandler(LoggingHandler(logger_provider=pipeline.loggers))
    try:
        fail_with_secrets()
    except ExceptionGroup:
        logger.exception("order failed", extra={"token": C})
    exported = pipeline.exported_bytes()
    assert C.encode() not in exported
    assert b"order failed" in exported
    assert b"in fail_with_secrets" in exported


def test_only_allowed_baggage_is_recorded(pipeline: Pipeline) -> None:
    allow = AllowList(baggage_keys=frozenset({"tenant.id"}))
    pipeline.tracers.add_span_processor(BaggageSpanProcessor(baggage_predicate(allow)))
    pipeline.loggers.add_log_record_processor(BaggageLogProcessor(baggage_predicate(allow)))
    context = baggage.set_baggage("user.email", C, baggage.set_baggage("tenant.id", "tenant-7"))
    pipeline.tracer.start_span("work", context=context).end()
    assert dict(pipeline.spans[0].attributes or {}) == {"tenant.id": "tenant-7"}
    assert C.encode() not in pipeline.exported_bytes()
