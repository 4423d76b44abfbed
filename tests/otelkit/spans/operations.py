"""Random lives of spans: how each is started, what happens to it, and when it ends."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    ALWAYS_ON,
    DEFAULT_ON,
    AlwaysRecordSampler,
    Decision,
    ParentBased,
    ParentBasedTraceIdRatio,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    TraceState,
    set_span_in_context,
)

Step = Callable[[Span], object]


class Adding(Sampler):
    """Adds an attribute and a trace state, and records every third trace only for this process."""

    def should_sample(self, parent_context: Any, trace_id: int, *others: Any, **more: Any) -> SamplingResult:
        decision = Decision.RECORD_ONLY if trace_id % 3 == 0 else Decision.RECORD_AND_SAMPLE
        return SamplingResult(decision, {"sampled.by": "adding"}, TraceState([("by", "adding")]))

    def get_description(self) -> str:
        return "Adding"


samplers = st.sampled_from(
    [
        *(DEFAULT_ON, ALWAYS_ON, ALWAYS_OFF, TraceIdRatioBased(0.5), ParentBasedTraceIdRatio(0.5)),
        *(
            ParentBased(ALWAYS_ON, remote_parent_sampled=ALWAYS_OFF),
            AlwaysRecordSampler(ALWAYS_OFF),
            Adding(),
        ),
    ]
)
limits = st.sampled_from(
    [
        *(None, SpanLimits(max_span_attributes=2), SpanLimits(max_span_attribute_length=3)),
        *(SpanLimits(max_events=1, max_links=1), SpanLimits(max_attributes=0), SpanLimits(max_events=0)),
    ]
)
texts = st.sampled_from(
    [
        *("GET", "", "/orders?token=a", "https://user:pass@shop/x?page=2&key=b#c", "eyJhbGciOiJIUzI1NiJ9"),
        *("SELECT 'secret'", "password=hunter2", "\ud800", "x" * 300, "Bearer abcdef", "ValueError: no"),
    ]
) | st.text(max_size=5)
few_keys = st.sampled_from(["a", "b"])
keys = few_keys | st.sampled_from(
    [
        *("url.full", "url.query", "db.query.text", "db.system.name", "password", ""),
        *("http.request.header.cookie", "http.request.header.accept", "exception.message", "exception.type"),
        *("sampled.by", "headers", "DB.Statement"),
    ]
)
plain = texts | st.integers(-(2**63), 2**64) | st.floats() | st.booleans()
others = st.none() | st.binary(max_size=3) | st.lists(plain, max_size=3) | st.dictionaries(keys, plain)
values = plain | plain | plain | others | st.just(StatusCode.OK) | st.just(1j)
attributes = (
    st.none()
    | st.dictionaries(few_keys, plain, min_size=1)
    | st.dictionaries(keys, plain)
    | st.dictionaries(keys | st.sampled_from([3, None, ("t",)]), values)
)
contexts = st.builds(
    SpanContext, st.integers(0, 2**128 - 1), st.integers(0, 2**64 - 1), st.booleans(),
    st.integers(0, 3).map(TraceFlags), st.sampled_from([TraceState(), TraceState([("vendor", "1")])]),
)  # fmt: skip
times = st.integers(1, 2**63)
codes = st.sampled_from(StatusCode)
descriptions = st.none() | texts
names = texts | st.just("GET /orders/{id}")


def step(method: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.tuples(*arguments).map(lambda given: lambda span: getattr(span, method)(*given))


steps: st.SearchStrategy[Step] = st.one_of(
    step("set_attribute", keys | st.just(3), values),
    step("set_attribute", keys, plain),
    step("set_attribute", few_keys, plain),
    step("set_attributes", st.dictionaries(keys, values)),
    step("set_attributes", st.dictionaries(few_keys, plain)),
    step("add_event", names, attributes, st.none() | times),
    step("add_link", contexts, attributes),
    step("record_exception", texts.map(ValueError), attributes, st.none() | times, st.booleans()),
    step("set_status", codes, descriptions),
    step("set_status", st.builds(Status, codes, descriptions), descriptions),
    step("update_name", names),
    step("is_recording"),
    st.just(lambda span: dict(getattr(span, "attributes", {}) or {})),
    st.just(lambda span: span.__exit__(KeyError, KeyError("gone"), None)),
    step("end", st.none() | times),
)
lives = st.fixed_dictionaries(
    {
        "parent": st.none() | contexts | st.integers(0, 3),
        "name": names,
        "kind": st.sampled_from(SpanKind),
        "attributes": attributes,
        "links": st.lists(st.tuples(contexts, attributes), max_size=2),
        "start_time": st.none() | times,
        "record_exception": st.booleans(),
        "set_status_on_exception": st.booleans(),
        "steps": st.lists(steps, max_size=6),
    }
)


def live(provider: TracerProvider, all_lives: Sequence[dict[str, Any]]) -> list[object]:
    """Live them in turn, later spans as children of earlier ones; what the steps give and the contexts."""
    tracer, spans, seen = provider.get_tracer("t", "1", "https://schema"), list[Span](), list[object]()
    for life in all_lives:
        given = {**life, "links": [Link(context, each) for context, each in life["links"]]}
        parent, todo = given.pop("parent"), given.pop("steps")
        if isinstance(parent, int):
            parent = spans[parent].get_span_context() if parent < len(spans) else None
        context = set_span_in_context(NonRecordingSpan(parent)) if parent else None
        spans.append(tracer.start_span(given.pop("name"), context, **given))
        seen += [each(spans[-1]) for each in todo]
        seen.append(spans[-1].get_span_context())
    for span in spans:
        seen.append(span.is_recording())
        span.end()
    return seen
