"""Whose change it was: a link to the trace in the object's annotation, once for each change."""

from types import SimpleNamespace
from typing import Any

import kopf
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from otelkit.instrumentation.kopf import annotate
from otelkit.instrumentation.kopf.annotations import Writers

from .conftest import RESOURCE, Running
from .recorded import Recorded
from .shelf import Shelf

FIRST = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SECOND = "00-1af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01"


def linked(span: ReadableSpan) -> list[str]:
    return [f"00-{link.context.trace_id:032x}-{link.context.span_id:016x}-01" for link in span.links]


def register(registry: kopf.OperatorRegistry) -> None:
    async def stock(retry: int, body: kopf.Body, **_: Any) -> None:
        if not retry and body["data"]["a"] == "retried":
            raise kopf.TemporaryError("later", delay=0.1)

    kopf.on.create(*RESOURCE, id="stock", registry=registry)(stock)
    kopf.on.update(*RESOURCE, id="stock", field="data", registry=registry)(stock)


def test_call_is_linked_to_the_writer_and_is_no_child_of_it(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    register(registry)
    with running():
        shelf.create(traceparent=FIRST)
        (span,) = recorded.named("create configmaps")

    assert linked(span) == [FIRST]
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" not in FIRST


def test_writer_who_says_nothing_is_not_taken_for_the_one_before(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    register(registry)
    with running():
        shelf.create(traceparent=FIRST)
        recorded.named("create configmaps")
        shelf.change("silent")
        recorded.named("update configmaps", 1)
        shelf.change("told", traceparent=SECOND)
        updates = recorded.named("update configmaps", 2)

    assert [linked(span) for span in updates] == [[], [SECOND]]


def test_every_attempt_is_linked(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    register(registry)
    with running():
        shelf.create()
        recorded.named("create configmaps")
        shelf.change("retried", traceparent=SECOND)
        updates = recorded.named("update configmaps", 2)

    assert [linked(span) for span in updates] == [[SECOND], [SECOND]]


def test_annotation_that_is_no_traceparent_is_left_alone(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    register(registry)
    with running():
        shelf.create(traceparent="garbage")
        (span,) = recorded.named("create configmaps")

    assert linked(span) == []


def test_writers_annotate_with_their_context_and_nothing_without_one() -> None:
    writer = SpanContext(1, 2, is_remote=False, trace_flags=TraceFlags(1))
    context = set_span_in_context(NonRecordingSpan(writer), Context())

    assert annotate({"team": "tea"}, context) == {"team": "tea", "traceparent": f"00-{1:032x}-{2:016x}-01"}
    assert annotate({}, Context()) == {}


def test_object_that_is_gone_is_forgotten() -> None:
    def seen(kind: str, generation: int) -> SimpleNamespace:
        metadata = {"uid": "u1", "generation": generation, "annotations": {"traceparent": FIRST}}
        return SimpleNamespace(body={"metadata": metadata}, type=kind)

    writers = Writers("traceparent")

    assert writers.find(seen("ADDED", 1)) == FIRST
    assert writers.find(seen("MODIFIED", 2)) == ""  # by somebody who says nothing
    assert writers.find(seen("DELETED", 2)) == ""
    assert writers.find(seen("DELETED", 2)) == FIRST  # nothing is known of it any more
