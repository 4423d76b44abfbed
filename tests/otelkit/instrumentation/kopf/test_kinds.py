"""Handlers of other kinds: beneath others, in threads, without end."""

from typing import Any

import kopf
from opentelemetry import trace

from .conftest import RESOURCE, Running
from .recorded import Recorded, eventually
from .shelf import Shelf


def durations(recorded: Recorded) -> list[Any]:
    """Without the log-in, which every operator begins with."""
    points = recorded.points("kopf.handler.duration")
    return [point for point in points if point.attributes["kopf.reason"] != "authentication"]


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
