"""The sampler that decides by a composable sampler's intent, and keeps the tracestate right.

The SDK has the parts (`opentelemetry.sdk.trace._sampling_experimental`: ratio, rules, parent's threshold),
which are used as they are. Its own `composite_sampler` is not: it is never told of the caller's tracestate
(opentelemetry-python#5578), leaves a threshold that no longer holds, and drops the attributes that a span is
started with. Convention: "CompositeSampler" of the trace SDK's specification.
"""

from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.trace._sampling_experimental import ComposableSampler
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanKind, TraceState, get_current_span
from opentelemetry.util.types import Attributes

from otelkit.propagation.tracestate import EMPTY
from otelkit.sampling.parent import believable, randomness_of
from otelkit.sampling.trace_state import NOTHING, OtMember, write_ot


class CompositeSampler(Sampler):
    """Keeps a span when its trace's randomness reaches the threshold that `delegate` asks for."""

    def __init__(self, delegate: ComposableSampler) -> None:
        self._delegate = delegate

    def should_sample(  # noqa: PLR0913, PLR0917 - the SDK's signature
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """Decide; the tracestate is the parent's, whatever `trace_state` is."""
        parent = get_current_span(parent_context).get_span_context()
        member, state = NOTHING, None
        if parent.is_valid:
            member = believable(parent)
            state = write_ot(parent.trace_state, member)
        intent = self._delegate.sampling_intent(parent_context, name, kind, attributes, links, state)
        is_sampled = 0 <= intent.threshold <= randomness_of(trace_id, member)
        threshold = intent.threshold if is_sampled and intent.threshold_reliable else None
        given = intent.update_trace_state(EMPTY if state is None else state)
        state = write_ot(given, OtMember(threshold, member.randomness, member.others))
        if not is_sampled:
            return SamplingResult(Decision.DROP, None, state)
        both = {**(attributes or {}), **intent.attributes} if intent.attributes else attributes
        return SamplingResult(Decision.RECORD_AND_SAMPLE, both, state)

    def get_description(self) -> str:
        """Name the parts."""
        return f"CompositeSampler{{{self._delegate.get_description()}}}"
