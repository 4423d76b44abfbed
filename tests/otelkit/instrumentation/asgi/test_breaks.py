"""What breaks off: cancelled tasks, answers that never come, clients gone before one."""

import asyncio

import pytest

from otelkit.instrumentation.asgi import TelemetryMiddleware
from otelkit.instrumentation.asgi.protocol import Receive, Scope, Send
from tests.otelkit.instrumentation.asgi.conftest import Client, Recorded, scope_of, serve
from tests.otelkit.instrumentation.asgi.test_ends import outcome


class ClientDisconnect(Exception):  # noqa: N818 - Starlette's name
    """As Starlette raises it when a body is read that does not come."""


async def test_cancelled_task_ends_its_span_as_an_error(recorded: Recorded) -> None:
    entered = asyncio.Event()

    async def hang(_scope: Scope, _receive: Receive, _send: Send) -> None:
        entered.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(serve(TelemetryMiddleware(hang, **recorded.providers)))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert outcome(recorded.span()) == ("ERROR", None, "asyncio.exceptions.CancelledError")
    assert not recorded.span().events
    assert [point.value for point in recorded.points("http.server.active_requests")] == [0]


async def test_answer_that_never_comes_is_an_error(recorded: Recorded) -> None:
    async def forget(_scope: Scope, _receive: Receive, _send: Send) -> None:
        return None

    await serve(TelemetryMiddleware(forget, **recorded.providers))

    assert outcome(recorded.span()) == ("ERROR", None, "incomplete_response")


async def test_client_gone_before_the_answer_is_no_error(recorded: Recorded) -> None:
    async def read(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()
        raise ClientDisconnect

    client = Client(messages=[{"type": "http.disconnect"}])
    with pytest.raises(ClientDisconnect):
        await TelemetryMiddleware(read, **recorded.providers)(scope_of(), client.receive, client.send)

    assert outcome(recorded.span()) == ("UNSET", None, None)


async def test_defect_after_the_client_left_is_an_error_still(recorded: Recorded) -> None:
    async def stumble(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()
        raise LookupError

    client = Client(messages=[{"type": "http.disconnect"}])
    with pytest.raises(LookupError):
        await TelemetryMiddleware(stumble, **recorded.providers)(scope_of(), client.receive, client.send)

    assert outcome(recorded.span()) == ("ERROR", None, "LookupError")


async def test_exception_of_an_application_without_error_handler_is_recorded_once(recorded: Recorded) -> None:
    async def stumble(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await serve(TelemetryMiddleware(stumble, **recorded.providers))

    assert outcome(recorded.span()) == ("ERROR", None, "LookupError")
    assert [event.name for event in recorded.span().events] == ["exception"]


async def test_scope_of_an_unknown_framework_leaves_no_span_open(recorded: Recorded) -> None:
    async def route_oddly(scope: Scope, _receive: Receive, _send: Send) -> None:
        scope.update(endpoint=route_oddly, fastapi=None)

    with pytest.raises(AttributeError):
        await serve(TelemetryMiddleware(route_oddly, **recorded.providers))

    assert recorded.span().name == "GET"
    assert [point.value for point in recorded.points("http.server.active_requests")] == [0]
