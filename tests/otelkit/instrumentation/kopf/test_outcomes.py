"""How a call ends, and what is measured of it."""

import asyncio
import threading
from typing import Any

import kopf
from opentelemetry.trace import StatusCode

from .conftest import RESOURCE, Running
from .recorded import Recorded, eventually
from .shelf import Shelf


def test_temporary_error_is_an_error_of_its_call_and_the_next_one_is_numbered(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    @kopf.on.create(*RESOURCE, id="stock", registry=registry)
    async def stock(retry: int, **_: Any) -> None:
        if not retry:
            raise kopf.TemporaryError("later", delay=0.1)

    with running():
        shelf.create()
        first, second = recorded.named("create configmaps", 2)

    assert (first.attributes or {})["kopf.outcome"] == "retry"
    assert first.status.status_code is StatusCode.ERROR
    assert (first.attributes or {})["error.type"] == "kopf._core.actions.execution.TemporaryError"
    assert [event.name for event in first.events] == ["exception"]
    assert [(second.attributes or {})[key] for key in ("kopf.retry", "kopf.outcome")] == [1, "success"]
    assert [point.value for point in recorded.points("kopf.handler.errors")] == [1]
    assert [point.value for point in recorded.points("kopf.handler.retries")] == [1]
    (converged,) = recorded.points("kopf.convergence.duration")
    assert converged.sum >= 0.1


def test_permanent_error_is_a_failure_and_nothing_has_converged(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    @kopf.on.create(*RESOURCE, id="stock", registry=registry)
    async def stock(**_: Any) -> None:
        raise kopf.PermanentError("never")

    with running():
        shelf.create()
        (span,) = recorded.named("create configmaps")

    assert (span.attributes or {})["kopf.outcome"] == "failure"
    assert recorded.points("kopf.convergence.duration") == []


def test_call_that_is_cancelled_by_the_end_ends_its_span(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:

    begun: list[int] = []

    @kopf.on.create(*RESOURCE, id="stock", registry=registry)
    async def stock(**_: Any) -> None:
        begun.append(1)
        await asyncio.Event().wait()

    with running():
        shelf.create()
        eventually(lambda: begun)

    (span,) = recorded.named("create configmaps")
    assert (span.attributes or {})["error.type"] == "asyncio.exceptions.CancelledError"


def test_events_that_wait_are_counted(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:

    begun, may_end = threading.Event(), threading.Event()

    @kopf.on.create(*RESOURCE, id="stock", registry=registry)
    def stock(**_: Any) -> None:
        begun.set()
        may_end.wait(10)

    def depth() -> int:
        return sum(point.value for point in recorded.points("kopf.queue.depth"))

    with running():
        shelf.create()
        begun.wait(10)
        for number in range(3):
            shelf.change(str(number))
        eventually(lambda: depth() == 3)
        may_end.set()
        eventually(lambda: depth() == 0)
