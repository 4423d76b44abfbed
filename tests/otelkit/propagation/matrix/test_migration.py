"""From B3 to W3C in four stages: no two neighbours break a trace, nor does who copies headers by hand."""

from itertools import pairwise, product

import pytest
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from otelkit.selection import propagator

from .cases import T

STAGES = ("b3", "tracecontext,b3", "b3,tracecontext", "tracecontext")
HOPS = 5
Headers = dict[str, str]


def pass_through(stage: str, headers: Headers, span_id: int, copies: bool) -> tuple[SpanContext, Headers]:
    """One service: its parent, and what it sends on; some copy all headers that they received."""
    composite = propagator({"OTEL_PROPAGATORS": stage})
    parent = trace.get_current_span(composite.extract(headers, Context())).get_span_context()
    own = SpanContext(int(T, 16), span_id, False, TraceFlags(1))
    sent: Headers = dict(headers) if copies else {}
    composite.inject(sent, trace.set_span_in_context(NonRecordingSpan(own), Context()))
    return parent, sent


@pytest.mark.parametrize("neighbours", list(pairwise(STAGES)), ids=" to ".join)
@pytest.mark.parametrize("copies", [False, True], ids=["", "copying headers by hand"])
def test_every_service_is_a_child_of_the_one_before(neighbours: tuple[str, str], copies: bool) -> None:
    for chain in product(neighbours, repeat=HOPS):
        _, headers = pass_through(chain[0], {}, 1, copies)
        for number, stage in enumerate(chain[1:], start=2):
            parent, headers = pass_through(stage, headers, number, copies)
            assert (parent.trace_id, parent.span_id) == (int(T, 16), number - 1), chain


def test_a_stage_that_is_left_out_breaks_the_trace() -> None:
    _, headers = pass_through(STAGES[0], {}, 1, False)
    parent, _ = pass_through(STAGES[3], headers, 2, False)

    assert not parent.is_valid
