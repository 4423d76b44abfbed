"""Spans of handler calls: which calls have one, and what it says."""

import asyncio
import threading
from typing import Any

import kopf
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from .conftest import RESOURCE, Recorded, Running, Shelf, eventually


def durations(recorded: Recorded) -> list[Any]:
    """Without the log-in, which every operator begins with."""
    points = recorded.points("kopf.handler.duration")
    return [point for point in points if point.attributes["kopf.reason"] != "authentication"]


def test_create_has_the_object_reason_retry_generation_and_outcome(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    @kopf.on.create(*RESOURCE, id="stock", registry=registry)
    async def stock(**_: Any) -> None: ...

    with running():
        created = shelf.create()
        (span,) = recorded.named("create configmaps")

    assert (span.kind, span.status.status_code, span.parent) == (SpanKind.INTERNAL, StatusCode.UNSET, None)
    assert dict(span.attributes or {}) == {
        "kopf.reason": "create",
        "kopf.handler.id": "stock",
        "kopf.resource.group": "",
        "kopf.resource.version": "v1",
        "kopf.resource.plural": "configmaps",
        "kopf.object.name": "tea",
        "kopf.object.uid": created["metadata"]["uid"],
        "kopf.object.generation": 1,
        "k8s.namespace.name": shelf.namespace,
        "kopf.retry": 0,
        "kopf.outcome": "success",
    }


def test_what_kopf_writes_about_a_call_is_beneath_its_span(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    @kopf.on.create(*RESOURCE, id="stock", registry=registry)
    async def stock(**_: Any) -> None: ...

    with running():
        shelf.create()
        (call,) = recorded.named("PATCH /api/v1/namespaces/{namespace}/configmaps/{name}")
        (handler,) = recorded.named("create configmaps")

    assert call.parent is not None
    assert handler.context is not None
    assert call.parent.span_id == handler.context.span_id
    attributes = dict(call.attributes or {})
    assert attributes["server.address"] == "127.0.0.1"
    assert attributes["http.response.status_code"] == 200
    assert str(attributes["url.full"]).endswith(f"/namespaces/{shelf.namespace}/configmaps/tea")


def test_event_that_is_looked_at_and_left_alone_has_no_span_but_is_measured(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    seen: list[str] = []

    @kopf.on.event(*RESOURCE, registry=registry)
    async def look(name: str, **_: Any) -> None:
        seen.append(name)

    with running():
        shelf.create()
        eventually(lambda: seen)

    assert [span.name for span in recorded.spans] == []
    outcomes = {one.attributes["kopf.reason"]: one.attributes["kopf.outcome"] for one in durations(recorded)}
    assert outcomes == {"event": "noop"}


def test_event_that_leads_to_work_has_a_span_from_its_beginning(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    tracer = recorded.tracers.get_tracer("test")

    @kopf.on.event(*RESOURCE, registry=registry)
    async def look(**_: Any) -> None:
        with tracer.start_as_current_span("work"):
            pass

    with running():
        shelf.create()
        (call,), (work,) = recorded.named("event configmaps"), recorded.named("work")

    assert work.parent is not None
    assert call.context is not None
    assert work.parent.span_id == call.context.span_id
    assert (call.start_time or 0) <= (work.start_time or 0)


def test_event_whose_handler_patches_has_a_span(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    @kopf.on.event(*RESOURCE, registry=registry)
    async def look(patch: kopf.Patch, labels: Any, **_: Any) -> None:
        if "seen" not in labels:
            patch.metadata.labels["seen"] = "yes"

    with running():
        shelf.create()
        assert recorded.named("event configmaps")


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


def test_sub_handler_is_beneath_its_handler(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    @kopf.on.create(*RESOURCE, id="stock", registry=registry)
    async def stock(**_: Any) -> None:
        @kopf.subhandler(id="inner")
        async def inner(**_: Any) -> None: ...

    with running():
        shelf.create()
        recorded.named("create configmaps", 2)

    by_id = {
        (span.attributes or {})["kopf.handler.id"]: span for span in recorded.spans if "create" in span.name
    }
    inner, outer = by_id["stock/inner"], by_id["stock"]
    assert inner.parent is not None
    assert outer.context is not None
    assert inner.parent.span_id == outer.context.span_id


def test_handler_in_a_thread_has_the_span_as_current_one(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    seen: list[int] = []

    @kopf.on.create(*RESOURCE, id="stock", registry=registry)
    def stock(**_: Any) -> None:
        seen.append(trace.get_current_span().get_span_context().span_id)

    with running():
        shelf.create()
        (span,) = recorded.named("create configmaps")

    assert span.context is not None
    assert seen == [span.context.span_id]


def test_daemons_and_indices_have_no_spans(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    seen: list[str] = []

    @kopf.daemon(*RESOURCE, registry=registry)
    async def watch(**_: Any) -> None:
        seen.append("daemon")

    @kopf.index(*RESOURCE, registry=registry)
    async def shelves(name: str, **_: Any) -> dict[str, str]:
        seen.append("index")
        return {name: name}

    with running():
        shelf.create()
        eventually(lambda: {"daemon", "index"} <= set(seen))

    assert durations(recorded) == []


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
