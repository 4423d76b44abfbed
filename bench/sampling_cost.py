"""What a span costs its service under each sampler: processor time from its start to the exporter's queue.

Traces of six spans, five of them below the first, made as configure() makes them: redaction and encoding are
those of every service. What is dropped counts, too: the figure is that of all spans that a service begins.
"""

import os
import time
from collections.abc import Mapping

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.sampling import Sampler
from opentelemetry.trace import Tracer, set_span_in_context

from bench.spans_side import given
from otelkit.export import DirectSpanProcessor, WaitingSpanExporter
from otelkit.export.payload import Loose
from otelkit.redaction import AllowList, RedactingSpanProcessor
from otelkit.sampling import AdaptiveSampler
from otelkit.spans import CheapTracerProvider

TRACES, SPANS_EACH, ROUNDS = 1_000, 6, 9


class Nowhere(WaitingSpanExporter):
    """Takes every encoded span and keeps none."""

    def offer_loose(self, loose: Loose) -> bool:
        """Take it."""
        return True


def microseconds_a_span(samplers: Mapping[str, Sampler]) -> dict[str, float]:
    """Give the least time of some rounds, in which the samplers take turns."""
    os.environ.setdefault("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    tracers = {name: _tracer(sampler) for name, sampler in samplers.items()}
    taken: dict[str, list[float]] = {name: [] for name in samplers}
    own = []
    for _ in range(ROUNDS):
        own.append(_seconds(None))
        for name, tracer in tracers.items():
            taken[name].append(_seconds(tracer))
    spans = TRACES * SPANS_EACH
    return {name: (min(seconds) - min(own)) / spans * 1e6 for name, seconds in taken.items()}


def _tracer(sampler: Sampler) -> Tracer:
    provider = CheapTracerProvider(sampler, Resource({"service.name": "bench"}))
    if isinstance(sampler, AdaptiveSampler):
        sampler.attach(provider)
    provider.add_span_processor(RedactingSpanProcessor(DirectSpanProcessor(Nowhere()), AllowList()))
    return provider.get_tracer("bench")


def _seconds(tracer: Tracer | None) -> float:
    """Processor time of all spans; without a tracer that of the attributes alone."""
    start = time.process_time()
    for number in range(TRACES):
        if tracer is None:
            for _ in range(SPANS_EACH):
                given(number)
            continue
        root = tracer.start_span("GET /orders/{order_id}", attributes=given(number))
        inside = set_span_in_context(root)
        for _ in range(SPANS_EACH - 1):
            tracer.start_span("SELECT orders", inside, attributes=given(number)).end()
        root.end()
    return time.process_time() - start
