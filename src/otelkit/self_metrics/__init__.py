"""What telemetry tells about itself, by the names of the SDK's own metrics and nearly without a price.

The SDK adds to three counters for each span, which costs as much as starting one. Here a span moves
iterators, and the sums are made when metrics are collected: from the sampler, the processors and observable
instruments, all official extension points.
(https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/)
"""

from otelkit.self_metrics.logs import LogTally
from otelkit.self_metrics.spans import DropTallySampler, SpanTallies

__all__ = ["DropTallySampler", "LogTally", "SpanTallies"]
