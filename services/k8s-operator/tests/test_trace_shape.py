"""The traces that the README shows, and the attributes that make them searchable."""

from collections.abc import Awaitable, Callable

from opentelemetry.trace import get_tracer

from k8s_operator.person import Person, is_available
from otelkit.testing import trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.traces import Span

Spans = Callable[[int], Awaitable[list[Span]]]


async def test_new_app_leaves_the_trace_that_the_readme_shows(
    operator: None, shop: Person, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    with get_tracer("pipeline").start_as_current_span("kubectl apply"):
        await shop.apply()
    await shop.until(is_available)

    assert trace_tree(await spans(10)) == readme_trace("create")
