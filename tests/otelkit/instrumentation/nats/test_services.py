"""Micro services: endpoints are responders, and their errors are told on both sides."""

from collections.abc import AsyncIterator
from typing import Any

import nats.micro
import pytest
from nats.aio.client import Client
from nats.micro.request import Request, ServiceError
from nats.micro.service import Service
from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, StatusCode

from .conftest import Instrument
from .recorded import attributes_of, id_of, parent_of, until

pytestmark = pytest.mark.integration
STARTING = trace.SpanContext(1, 2, is_remote=False, trace_flags=trace.TraceFlags(1))


async def handle(request: Request) -> None:
    match request.data:
        case b"broken":
            raise LookupError("no such order")
        case b"refused":
            raise ServiceError("409", "paid already")
        case b"answered":
            await request.respond_error("404", "no such order")
        case _:
            await request.respond(b"42", headers={"colour": "blue"})


@pytest.fixture
async def prices(connection: Client, subject: str) -> AsyncIterator[Service]:
    start = trace.set_span_in_context(trace.NonRecordingSpan(STARTING), Context())
    token = context.attach(start)  # which the tasks of its subscriptions inherit
    service = await nats.micro.add_service(connection, name="prices", version="1.0.0")
    await service.add_endpoint(name="quote", handler=handle, subject=subject)
    context.detach(token)
    yield service
    if connection.is_connected:
        await service.stop()


async def test_endpoint_is_the_child_of_the_request_and_says_its_service(
    instrument: Instrument, connection: Client, prices: Service, subject: str
) -> None:
    recorded = instrument()
    reply = await connection.request(subject, b"tea", timeout=5)
    await until(lambda: len(recorded.spans) == 2)

    processed = recorded.named("process")
    attributes = attributes_of(processed)
    assert (processed.name, processed.kind) == (f"process {subject}", SpanKind.CONSUMER)
    assert parent_of(processed) == id_of(recorded.named("request"))
    assert attributes["messaging.nats.service.name"] == "prices"
    assert attributes["messaging.nats.endpoint.name"] == "quote"
    assert attributes["messaging.consumer.group.name"] == "q"
    assert (reply.headers or {})["traceparent"].split("-")[2] == f"{id_of(processed):016x}"
    assert (reply.headers or {})["colour"] == "blue"


@pytest.mark.parametrize(
    "case",
    [
        (b"broken", "500", "LookupError", ["exception"]),
        (b"refused", "409", "409", []),
        (b"answered", "404", "404", []),
    ],
)
async def test_error_of_an_endpoint_is_one_of_both_sides(
    instrument: Instrument, connection: Client, prices: Service, subject: str, case: tuple[Any, ...]
) -> None:
    recorded = instrument()
    asked, code, error_type, events = case
    await connection.request(subject, asked, timeout=5)
    await until(lambda: len(recorded.spans) == 2)

    processed, request = recorded.named("process"), recorded.named("request")
    assert [span.status.status_code for span in (processed, request)] == [StatusCode.ERROR] * 2
    assert attributes_of(request)["error.type"] == code
    assert attributes_of(processed)["error.type"] == error_type
    assert [event.name for event in processed.events] == events


async def test_what_a_service_answers_about_itself_is_no_span_of_its_own(
    instrument: Instrument, connection: Client, prices: Service
) -> None:
    recorded = instrument()
    reply = await connection.request("$SRV.PING.prices", timeout=5)

    assert recorded.names == ["request $SRV.PING.prices"]
    assert "traceparent" not in (reply.headers or {})
