"""Spans started, live and dropped by the sampler."""

from collections.abc import Iterable, Mapping, Sequence

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.semconv._incubating.attributes.otel_attributes import (
    OTEL_SPAN_PARENT_ORIGIN,
    OTEL_SPAN_SAMPLING_RESULT,
)
from opentelemetry.semconv._incubating.metrics.otel_metrics import OTEL_SDK_SPAN_LIVE, OTEL_SDK_SPAN_STARTED
from opentelemetry.trace import Link, SpanContext, SpanKind, TraceState
from opentelemetry.util.types import Attributes

from otelkit.self_metrics.tallies import SCOPE, Tally

ORIGINS = ("none", "local", "remote")


class DropTallySampler(Sampler):
    """Counts what another sampler drops: no processor ever hears of those."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        self.dropped = {origin: Tally() for origin in ORIGINS}

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
        """Give the other sampler's decision."""
        result = self._sampler.should_sample(
            parent_context, trace_id, name, kind, attributes, links, trace_state
        )
        if result.decision is Decision.DROP:
            parent = trace.get_current_span(parent_context).get_span_context()
            self.dropped[_origin(parent if parent.is_valid else None)].add()
        return result

    def get_description(self) -> str:
        """Give the other sampler's description."""
        return self._sampler.get_description()


class SpanTallies(SpanProcessor):
    """Counts spans that are recorded; `live` is their number between start and end."""

    def __init__(self, dropped: Mapping[str, Tally], meters: MeterProvider) -> None:
        self.dropped = dropped
        self.started = {(origin, sampled): Tally() for origin in ORIGINS for sampled in (False, True)}
        self.ended = {False: Tally(), True: Tally()}
        local_or_not = {None: "none", False: "local", True: "remote"}  # by the parent's `is_remote`
        self.counts = {
            decision: {is_remote: tally_of[origin].add for is_remote, origin in local_or_not.items()}
            for decision, tally_of in (
                (Decision.DROP, dropped),
                (Decision.RECORD_ONLY, {origin: self.started[origin, False] for origin in ORIGINS}),
                (Decision.RECORD_AND_SAMPLE, {origin: self.started[origin, True] for origin in ORIGINS}),
            )
        }
        meter, unit = meters.get_meter(SCOPE), "{span}"
        meter.create_observable_counter(OTEL_SDK_SPAN_STARTED, [self._observe_started], unit, "Spans started")
        meter.create_observable_up_down_counter(
            OTEL_SDK_SPAN_LIVE, [self._observe_live], unit, "Spans not ended"
        )

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Count by where the parent is."""
        self.started[_origin(span.parent), bool(span.context.trace_flags & 1)].add()

    def on_end(self, span: ReadableSpan) -> None:
        """Count the end."""
        self.ended[bool(span.context and span.context.trace_flags & 1)].add()

    def _observe_started(self, _: CallbackOptions) -> Iterable[Observation]:
        seen = {(origin, _decided(sampled)): tally for (origin, sampled), tally in self.started.items()}
        seen |= {(origin, Decision.DROP): tally for origin, tally in self.dropped.items()}
        for (origin, decision), tally in seen.items():
            if number := tally.value():
                yield Observation(
                    number, {OTEL_SPAN_PARENT_ORIGIN: origin, OTEL_SPAN_SAMPLING_RESULT: decision.name}
                )

    def _observe_live(self, _: CallbackOptions) -> Iterable[Observation]:
        for sampled, ended in self.ended.items():
            gone = ended.value()  # before the starts, so that the difference is never below zero
            started = sum(self.started[origin, sampled].value() for origin in ORIGINS)
            if started:
                yield Observation(started - gone, {OTEL_SPAN_SAMPLING_RESULT: _decided(sampled).name})


def _origin(parent: SpanContext | None) -> str:
    if parent is None:
        return "none"
    return "remote" if parent.is_remote else "local"


def _decided(sampled: bool) -> Decision:
    return Decision.RECORD_AND_SAMPLE if sampled else Decision.RECORD_ONLY
