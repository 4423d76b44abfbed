"""Spans of handler calls: which calls have one, and what it says."""

from typing import Any

import kopf
from opentelemetry.trace import SpanKind, StatusCode

from .conftest import RESOURCE, Running
from .recorded import Recorded, eventually
from .shelf import Shelf


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
