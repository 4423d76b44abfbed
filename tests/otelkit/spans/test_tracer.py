"""Our tracer is the SDK's to those who ask: scopes, configurators, resources, parents, copies."""

import copy
from collections import UserDict
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.trace import SpanContext, TraceFlags

from otelkit.spans.tracer import CheapTracer

from .sides import Side


def test_tracer_has_what_the_sdks_has_and_is_one_for_each_scope(sides: tuple[Side, Side]) -> None:
    with sides[1].provider() as provider:
        tracer: Any = provider.get_tracer("t", "1")

        assert isinstance(tracer, CheapTracer)
        assert provider.get_tracer("t", "1") is tracer is not provider.get_tracer("t")
        assert tracer.resource is provider.resource
        assert tracer.sampler is provider.sampler
        assert copy.copy(tracer).start_span("work").is_recording()


def test_disabled_tracer_starts_nothing_and_passes_its_parent_on(sides: tuple[Side, Side]) -> None:
    parent = SpanContext(1, 2, is_remote=True, trace_flags=TraceFlags(1))
    context = trace.set_span_in_context(trace.NonRecordingSpan(parent))
    with sides[1].provider() as provider:
        tracer: Any = provider.get_tracer("t")
        config = type(tracer._tracer_config)  # no public name yet
        provider._set_tracer_configurator(tracer_configurator=lambda _: config(is_enabled=False))
        span = tracer.start_span("work", context)

    assert not span.is_recording()
    assert span.get_span_context() is parent


def test_a_new_resource_is_that_of_new_spans_only(sides: tuple[Side, Side]) -> None:
    with sides[1].provider() as provider:
        tracer = provider.get_tracer("t")
        before = tracer.start_span("before")
        provider._update_resource(Resource({"process.pid": 7}))  # as the SDK does in a forked child
        after = tracer.start_span("after")
        before.end()
        after.end()
        pids = [span.resource.attributes.get("process.pid") for span in sides[1].finished]
        addresses = [address for address, _ in sides[1].exported()[0]]

    assert pids == [None, 7]
    assert addresses[0] is not addresses[1]


def test_parent_without_a_span_context_is_an_error_and_none_is_no_parent(sides: tuple[Side, Side]) -> None:
    class Odd(trace.NonRecordingSpan):
        pass

    with sides[1].provider() as provider:
        tracer = provider.get_tracer("t")
        wrong = trace.set_span_in_context(Odd("no context"))  # type: ignore[arg-type]  # that is the point
        nothing = trace.set_span_in_context(Odd(None))  # type: ignore[arg-type]  # as above
        with pytest.raises(TypeError, match="SpanContext"):
            tracer.start_span("work", wrong)
        assert tracer.start_span("root", nothing).is_recording()


def test_mapping_that_computes_its_values_is_asked_once_and_as_cheap_as_a_dict(
    sides: tuple[Side, Side],
) -> None:
    class Lazy(UserDict[str, Any]):
        asked = 0

        def items(self) -> Any:
            type(self).asked += 1
            return super().items()

    with sides[1].provider() as provider:
        span: Any = provider.get_tracer("t").start_span("work", attributes=Lazy(a=1))

        assert type(span._attributes) is dict
        assert span._attributes == {"a": 1}
        assert Lazy.asked == 1
