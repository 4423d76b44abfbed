"""Lines on stdout: JSON, correlated, redacted, and never a reason for the program to fail."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider

from otelkit.logs import JsonFormatter, log_to, open_logs
from otelkit.redaction import AllowList

Write = Callable[[], dict[str, Any]]


@pytest.fixture
def logger() -> logging.Logger:
    return logging.getLogger("shop")


@pytest.fixture
def last_line() -> Iterator[Write]:
    stream, level = StringIO(), logging.getLogger().level
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter(AllowList()))
    log_to([handler], "info")
    yield lambda: json.loads(stream.getvalue().splitlines()[-1])
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(level)


def test_line_holds_what_the_log_data_model_names(logger: logging.Logger, last_line: Write) -> None:
    logger.warning("order %s", 7)

    line = last_line()
    assert line.pop("timestamp").endswith("+00:00")
    assert line == {"severity": "WARNING", "logger": "shop", "message": "order 7"}


def test_line_in_a_span_carries_its_ids(logger: logging.Logger, last_line: Write) -> None:
    with TracerProvider(shutdown_on_exit=False).get_tracer("t").start_as_current_span("work") as span:
        logger.info("inside")

    context = span.get_span_context()
    assert last_line()["trace_id"] == format(context.trace_id, "032x")
    assert last_line()["span_id"] == format(context.span_id, "016x")


def test_extra_fields_become_attributes(logger: logging.Logger, last_line: Write) -> None:
    logger.info("stored", extra={"shop.order.id": "42", "count": 3, "odd": {1, 2}})

    assert last_line()["attributes"] == {"shop.order.id": "42", "count": 3, "odd": "{1, 2}"}


def test_message_and_attributes_are_redacted(logger: logging.Logger, last_line: Write) -> None:
    logger.info("GET /orders?token=canary", extra={"note": "password=canary", "url.query": "q=canary"})

    assert "canary" not in json.dumps(last_line())
    assert "GET /orders?token=" in last_line()["message"]


def test_exception_keeps_its_type_and_place_and_loses_its_message(
    logger: logging.Logger, last_line: Write
) -> None:
    try:
        raise RuntimeError("canary")
    except RuntimeError:
        logger.exception("failed")

    attributes = last_line()["attributes"]
    assert attributes["exception.type"] == "RuntimeError"
    assert __file__ in attributes["exception.stacktrace"]
    assert "canary" not in json.dumps(last_line())


@pytest.mark.parametrize("text", ["lone \ud800 surrogate", "line\nbreak", "\x00", "x" * 1_000_000])
def test_hostile_text_stays_one_valid_line(logger: logging.Logger, last_line: Write, text: str) -> None:
    logger.info("%s", text)

    assert last_line()["message"] == text


def test_lines_go_to_stdout_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    (handler,) = open_logs({}, AllowList())
    log_to([handler], "warn")
    assert isinstance(handler, logging.StreamHandler)
    assert handler.stream is sys.stdout
    logging.getLogger().removeHandler(handler)
