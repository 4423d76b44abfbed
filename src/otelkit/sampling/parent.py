"""What a sampler needs of the parent: its `ot` member as far as it can be believed, and its decision.

Decision: a threshold that contradicts the caller's sampled flag is erased, because numbers counted up from it
would be wrong, and the flag is followed. A parent of this process was looked at when its trace came in.
(https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/#general-requirements)
"""

from opentelemetry.sdk.trace.sampling import Decision, SamplingResult
from opentelemetry.trace import SpanContext, TraceState
from opentelemetry.util.types import Attributes

from otelkit.sampling.thresholds import LOW_BITS
from otelkit.sampling.trace_state import OT, OtMember, read_ot, write_ot

DROPPED = SamplingResult(Decision.DROP)


def randomness_of(trace_id: int, member: OtMember) -> int:
    """Give the 56 bits that decide: explicit ones before those of the trace id."""
    return trace_id & LOW_BITS if member.randomness is None else member.randomness


def believable(parent: SpanContext) -> OtMember:
    """Read the parent's `ot` member, without a threshold that its sampled flag contradicts."""
    member = read_ot(parent.trace_state)
    if member.threshold is None:
        return member
    would_sample = randomness_of(parent.trace_id, member) >= member.threshold
    return member if would_sample == parent.trace_flags.sampled else member._replace(threshold=None)


def follow(parent: SpanContext, attributes: Attributes) -> SamplingResult:
    """Decide as the parent did; the parent must be valid."""
    state: TraceState | None = parent.trace_state
    if parent.is_remote and state and OT in state:
        state = write_ot(state, believable(parent))
    if parent.trace_flags & 1:
        return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes, state)
    return SamplingResult(Decision.DROP, None, state) if state else DROPPED
