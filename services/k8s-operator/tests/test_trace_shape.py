"""The traces that the README shows, and the attributes that make them searchable."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from opentelemetry.trace import get_tracer

from k8s_operator.person import NEXT_IMAGE, Person, is_available
from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.testing.kubernetes.faulty import FaultyApi
from otelkit.traces import Span

RunOperator = Callable[..., AbstractAsyncContextManager[None]]
Spans = Callable[[int], Awaitable[list[Span]]]


async def test_new_app_leaves_the_trace_that_the_readme_shows(
    operator: None, shop: Person, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    with get_tracer("pipeline").start_as_current_span("kubectl apply"):
        await shop.apply()
    await shop.until(is_available)

    assert trace_tree(await spans(10)) == readme_trace("create")


async def test_update_writes_only_what_changes(
    operator: None, shop: Person, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    await shop.apply()
    await shop.until(is_available)
    before = len(await spans(9))

    with get_tracer("pipeline").start_as_current_span("kubectl apply"):
        await shop.apply(image=NEXT_IMAGE)
    await shop.until(is_available)

    assert trace_tree((await spans(before + 8))[before:]) == readme_trace("update")


async def test_drift_leaves_the_trace_that_the_readme_shows(
    operator: None, shop: Person, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    await shop.apply()
    await shop.until(is_available)
    before = len(await spans(9))

    with get_tracer("person").start_as_current_span("kubectl edit"):
        await shop.edit("Service", spec={"selector": {"app.kubernetes.io/instance": "coffee"}})
    await shop.until(
        lambda child: child["spec"]["selector"]["app.kubernetes.io/instance"] == "tea", "Service"
    )

    assert trace_tree((await spans(before + 4))[before:]) == readme_trace("drift")


async def test_operator_at_rest_looks_and_writes_nothing_and_leaves_no_span(  # noqa: PLR0913, PLR0917 - fixtures
    run_operator: RunOperator,
    faulty: FaultyApi,
    shop: Person,
    spans: Spans,
    otlp_sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(faulty.kubeconfig))

    def looks() -> int:
        return sum(call.path.endswith("/myapps") and not call.is_watch for call in faulty.calls)

    async with run_operator():
        await shop.apply()
        await shop.until(is_available)
        await spans(9)
        before, first = len(faulty.calls), looks()
        async with asyncio.timeout(15):
            while looks() < first + 3:  # noqa: ASYNC110 - another thread's calls
                await asyncio.sleep(0.05)

    assert {call.method for call in faulty.calls[before:] if "/events" not in call.path} == {"GET"}
    assert len(otlp_sink.spans()) == 9


async def test_app_that_is_seen_again_after_a_start_and_is_well_leaves_no_span(
    run_operator: RunOperator, shop: Person, spans: Spans, otlp_sink: Sink
) -> None:
    async with run_operator():
        await shop.apply()
        await shop.until(is_available)
        await spans(9)
    before = await shop.get()

    def is_resumed() -> bool:
        points = otlp_sink.metrics("kopf.handler.duration")
        return any(point.attributes.get("kopf.reason") == "resume" for point in points)

    async with run_operator():
        async with asyncio.timeout(15):
            while not is_resumed():  # noqa: ASYNC110 - what arrives is another thread's
                await asyncio.sleep(0.05)

    assert len(otlp_sink.spans()) == 9
    assert await shop.get() == before


async def test_spans_of_the_operator_hold_no_query_and_no_configuration(
    operator: None, shop: Person, spans: Spans
) -> None:
    await shop.apply(config={"WORD": "hush-hush"})
    await shop.until(is_available)

    for span in await spans(9):
        assert "hush" not in str(span.attributes)
        assert "?" not in str(span.attributes.get("url.full", ""))
