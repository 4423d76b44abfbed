"""A sampler that keeps `ratio` of the traces, more of those whose errors rise, and never exceeds a budget.

Decisions: only spans without a parent are chosen, the others follow theirs, in this process and from others.
Errors are watched for each span name by itself, so a failing endpoint does not have to share its rate
with the healthy ones. The probability that was used is recorded (`ot=th:...`), so counts can be extrapolated
whatever the rate was. Convention: "ComposableParentThreshold" of the trace SDK's specification.
"""

import math
import time
from collections.abc import Callable, Sequence
from threading import Lock

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanKind, TraceState, get_current_span
from opentelemetry.util.types import Attributes

from otelkit.sampling.budget import SpanBudget
from otelkit.sampling.parent import DROPPED, follow
from otelkit.sampling.rates import Rates
from otelkit.sampling.thresholds import LOW_BITS, SMALLEST, threshold_of
from otelkit.sampling.trace_state import NOTHING, write_ot
from otelkit.sampling.watch import RequestWatch


class AdaptiveSampler(Sampler):
    """Parent-based; `attach()` it to its provider, or it never hears of an error.

    configure() attaches it. Under another start-up it attaches itself at its first decision, when it is the
    sampler of the global provider.
    """

    def __init__(
        self,
        ratio: float = 0.1,
        spans_per_second: float = 100.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the calm rate, the budget of this process, and a monotonic clock in seconds.

        Raises:
            ValueError: `ratio` is not above 0 and up to 1, or `spans_per_second` is not above 0.
        """
        if not 0 < spans_per_second < math.inf:
            raise ValueError(f"spans_per_second={spans_per_second!r}: use a number above 0")
        threshold_of(ratio)
        self._budget = SpanBudget(spans_per_second, clock)
        self._rates = Rates(ratio, clock)
        self._attached = False
        self._attaching = Lock()
        self._last: tuple[int, TraceState] = 0, write_ot(None, NOTHING._replace(threshold=0))

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
        """Follow the parent; decide where there is none."""
        parent = get_current_span(parent_context).get_span_context()
        if parent.is_valid:
            if parent.trace_flags & 1:
                self._budget.spend()
            return follow(parent, attributes)
        if not self._attached:
            self._attach_to_global_provider()
        threshold = threshold_of(max(SMALLEST, self._rates.wanted(name) * self._budget.allowance()))
        if trace_id & LOW_BITS < threshold:
            return DROPPED
        self._budget.spend()
        return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes, self._state(threshold))

    def observe(self, name: str, is_error: bool) -> None:
        """Take in how a request ended; for those who have no spans to watch."""
        self._rates.observe(name, is_error=is_error)

    def attach(self, provider: TracerProvider) -> None:
        """Watch the spans of the provider whose sampler this is; once."""
        with self._attaching:
            if not self._attached:
                self._attached = True
                provider.add_span_processor(RequestWatch(self.observe))

    def get_description(self) -> str:
        """Name the calm rate and the budget."""
        budget = self._budget.spans_per_second
        return f"AdaptiveSampler{{ratio={self._rates.ratio:g}, spans_per_second={budget:g}}}"

    def _attach_to_global_provider(self) -> None:
        provider = trace.get_tracer_provider()
        if isinstance(provider, TracerProvider) and provider.sampler is self:
            self.attach(provider)

    def _state(self, threshold: int) -> TraceState:
        last, state = self._last
        if last != threshold:
            state = write_ot(None, NOTHING._replace(threshold=threshold))
            self._last = threshold, state
        return state
