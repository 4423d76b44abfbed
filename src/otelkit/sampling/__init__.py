"""Samplers that say how likely it was that they kept a trace, so that what is kept can be counted up.

The SDK's ratio samplers record nothing, its experimental composite sampler loses the caller's tracestate and
the span's attributes (`otelkit.sampling.composite` says where). Here the probability stands in the
tracestate, `ot=th:...`, where Collector and backends read it. docs/sampling.md says which is for whom.
(https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/)
"""

from otelkit.sampling.adaptive import AdaptiveSampler
from otelkit.sampling.composite import CompositeSampler
from otelkit.sampling.following import ParentFollowingSampler
from otelkit.sampling.thresholds import adjusted_count

__all__ = ["AdaptiveSampler", "CompositeSampler", "ParentFollowingSampler", "adjusted_count"]
