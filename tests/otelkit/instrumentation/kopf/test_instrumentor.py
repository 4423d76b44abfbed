"""Instrumenting and undoing it; what a late span is; what leaves with log records."""

import logging
from typing import Any

import kopf
import pytest
from kopf._cogs.clients import api
from kopf._core.actions import execution
from kopf._core.reactor import processing, queueing
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import INVALID_SPAN_CONTEXT, Span, StatusCode

from otelkit.instrumentation.kopf import KopfInstrumentor
from otelkit.instrumentation.kopf.late import LateSpan

from .conftest import RESOURCE, Running
from .recorded import Recorded, eventually
from .shelf import Shelf

PLACES = [
    (execution, "execute_handler_once"),
    (execution, "invoke_handler"),
    (processing, "process_resource_event"),
    (queueing, "worker"),
    (api, "request"),
]


def test_uninstrumenting_puts_everything_back() -> None:
    before = [getattr(module, name) for module, name in PLACES]
    handlers = list(logging.getLogger("kopf.objects").handlers)

    KopfInstrumentor().instrument()
    during = [getattr(module, name) for module, name in PLACES]
    KopfInstrumentor().uninstrument()

    assert all(one is not other for one, other in zip(before, during, strict=True))
    assert [getattr(module, name) for module, name in PLACES] == before
    assert logging.getLogger("kopf.objects").handlers == handlers


def test_operator_that_is_started_in_a_span_does_not_put_everything_beneath_it(
    registry: kopf.OperatorRegistry, running: Running, shelf: Shelf, recorded: Recorded
) -> None:
    @kopf.on.create(*RESOURCE, registry=registry)
    async def stock(**_: Any) -> None: ...

    with recorded.tracers.get_tracer("test").start_as_current_span("start"), running():
        shelf.create()
        (span,) = recorded.named("create configmaps")

    assert span.parent is None


def test_log_records_say_which_object_and_not_all_settings(
    registry: kopf.OperatorRegistry,
    running: Running,
    shelf: Shelf,
    recorded: Recorded,
    caplog: pytest.LogCaptureFixture,
) -> None:
    @kopf.on.create(*RESOURCE, registry=registry)
    async def stock(logger: Any, **_: Any) -> None:
        logger.warning("stocked")

    with running():
        shelf.create()
        eventually(lambda: [record for record in caplog.records if record.message == "stocked"])

    (record,) = [record for record in caplog.records if record.message == "stocked"]
    assert not {"settings", "k8s_ref", "k8s_skip"} & set(record.__dict__)
    known = record.__dict__
    assert (known["kopf.object.kind"], known["kopf.object.name"]) == ("ConfigMap", "tea")
    assert known["k8s.namespace.name"] == shelf.namespace


def late(provider: TracerProvider) -> tuple[LateSpan, list[Span]]:
    made: list[Span] = []

    def start() -> Span:
        made.append(provider.get_tracer("test").start_span("late"))
        return made[0]

    return LateSpan(start), made


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("get_span_context", ()),
        ("is_recording", ()),
        ("set_attribute", ("a", 1)),
        ("set_attributes", ({"a": 1},)),
        ("add_event", ("a",)),
        ("update_name", ("a",)),
        ("set_status", (StatusCode.ERROR,)),
        ("record_exception", (ValueError("a"),)),
    ],
)
def test_late_span_begins_when_it_is_asked_for_anything(
    recorded: Recorded, method: str, arguments: tuple[Any, ...]
) -> None:
    span, made = late(recorded.tracers)
    assert not made

    getattr(span, method)(*arguments)
    getattr(span, method)(*arguments)

    assert len(made) == 1


def test_late_span_that_nobody_asked_for_ends_without_a_trace(recorded: Recorded) -> None:
    span, made = late(recorded.tracers)

    span.end()
    span.give_up()

    assert span.get_span_context() == INVALID_SPAN_CONTEXT
    assert not span.is_recording()
    assert not made
