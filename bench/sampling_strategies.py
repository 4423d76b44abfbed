"""The strategies that are compared, each as the samplers of the processes of a trace.

`ratio, alone` is what becomes of independent ratios where not all services are Python: every second process
decides as the JavaScript SDK does, whose formula is another one, from the same trace id.
"""

from collections.abc import Callable, Mapping

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import (
    DEFAULT_ON,
    Decision,
    ParentBasedTraceIdRatio,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)

from bench.sampling_replay import Clock
from otelkit.sampling import AdaptiveSampler
from otelkit.sampling.settings import consistent_ratio, parentbased_consistent_ratio

RATIO, BEHIND_RATIO = 0.1, 0.5
SPANS_PER_SECOND = 20.0  # of each process: less than the incident asks for
ALL, RATIO_BY_PARENT, RATIO_ALONE = "all", "ratio", "ratio, alone"
CONSISTENT, CONSISTENT_ALONE, ADAPTIVE, TAIL = "consistent", "consistent, alone", "adaptive", "tail"


class JavaScriptRatio(Sampler):
    """Decides as TraceIdRatioBasedSampler of @opentelemetry/sdk-trace-base: by the xor of the id's words."""

    def __init__(self, ratio: float) -> None:
        self._bound = int(ratio * 0xFFFFFFFF)

    def should_sample(
        self, parent_context: Context | None, trace_id: int, *_: object, **__: object
    ) -> SamplingResult:
        """Look at the trace id alone."""
        words = trace_id >> 96, trace_id >> 64, trace_id >> 32, trace_id
        mixed = (words[0] ^ words[1] ^ words[2] ^ words[3]) & 0xFFFFFFFF
        return SamplingResult(Decision.RECORD_AND_SAMPLE if mixed < self._bound else Decision.DROP)

    def get_description(self) -> str:
        """Name it."""
        return "JavaScriptRatio"


def _alone(process: str, _: Clock) -> Sampler:
    return JavaScriptRatio(RATIO) if " behind " in process else TraceIdRatioBased(RATIO)


def _consistent_alone(process: str, _: Clock) -> Sampler:
    return consistent_ratio(str(BEHIND_RATIO if " behind " in process else RATIO))


# `tail` keeps all in the processes; the Collector chooses.
STRATEGIES: Mapping[str, Callable[[str, Clock], Sampler]] = {
    ALL: lambda _, __: DEFAULT_ON,
    RATIO_BY_PARENT: lambda _, __: ParentBasedTraceIdRatio(RATIO),
    RATIO_ALONE: _alone,
    CONSISTENT: lambda _, __: parentbased_consistent_ratio(str(RATIO)),
    CONSISTENT_ALONE: _consistent_alone,
    ADAPTIVE: lambda _, clock: AdaptiveSampler(RATIO, SPANS_PER_SECOND, clock),
}
