"""What samplers keep of the recorded traces, decided in virtual time by the real samplers.

Every process of a trace has a sampler of its own, which is asked for each span, with the parent that reached
it: one from another process is a remote one. Samplers that learn from errors hear of requests as they end.
"""

import heapq
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import Decision, Sampler
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    TraceFlags,
    TraceState,
    set_span_in_context,
)

from bench.sampling_traces import Trace
from otelkit.sampling import AdaptiveSampler, adjusted_count

_FLAGS = {sampled: TraceFlags(2 + sampled) for sampled in (False, True)}
_ROOT = Context()


class Clock:
    """Virtual time in seconds."""

    now = 0.0

    def __call__(self) -> float:
        """Read it."""
        return self.now


class Kept(NamedTuple):
    """Of one trace which spans were kept, and how many requests its root says it stands for."""

    spans: tuple[int, ...]
    requests: float
    states: tuple[TraceState | None, ...] = ()


def replay(traces: Iterable[Trace], make: Callable[[str, Clock], Sampler]) -> list[Kept]:
    """Give what is kept of each trace; `make` gives the sampler of a process by its name."""
    clock, samplers = Clock(), dict[str, Sampler]()
    ends: list[tuple[float, int, AdaptiveSampler, str, bool]] = []
    kept = []
    for number, trace in enumerate(traces):
        while ends and ends[0][0] <= trace.at:
            clock.now, _, learner, name, is_error = heapq.heappop(ends)
            learner.observe(name, is_error)
        clock.now = trace.at
        for span in trace.shape.spans:
            process = trace.shape.process_of(span)
            if process not in samplers:
                samplers[process] = make(process, clock)
        kept.append(_decide(trace, samplers))
        for place in kept[-1].spans:
            span = trace.shape.spans[place]
            sampler = samplers[trace.shape.process_of(span)]
            if span.is_entry and isinstance(sampler, AdaptiveSampler):
                end = trace.at + trace.seconds, number * 100 + place, sampler, span.name, span.is_error
                heapq.heappush(ends, end)
    return kept


def _decide(trace: Trace, samplers: Mapping[str, Sampler]) -> Kept:
    contexts: list[SpanContext] = []
    sampled = []
    for place, span in enumerate(trace.shape.spans):
        parent = _ROOT
        if span.parent >= 0:
            above = contexts[span.parent]
            if span.is_entry:
                above = SpanContext(above.trace_id, above.span_id, True, above.trace_flags, above.trace_state)
            parent = set_span_in_context(NonRecordingSpan(above), _ROOT)
        sampler = samplers[trace.shape.process_of(span)]
        result = sampler.should_sample(parent, trace.trace_id, span.name, SpanKind[span.kind])
        is_sampled = result.decision is Decision.RECORD_AND_SAMPLE
        if is_sampled:
            sampled.append(place)
        contexts.append(SpanContext(trace.trace_id, place + 1, False, _FLAGS[is_sampled], result.trace_state))
    is_counted = bool(sampled) and sampled[0] == 0
    requests = (adjusted_count(contexts[0].trace_state) or 1.0) if is_counted else 0.0
    return Kept(tuple(sampled), requests, tuple(contexts[place].trace_state for place in sampled))
