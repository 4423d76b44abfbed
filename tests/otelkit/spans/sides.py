"""The SDK's tracer provider and ours with the same ids, clock and processors, and what each exports."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from opentelemetry.sdk import trace as sdk
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import DEFAULT_ON, Sampler

from otelkit.encoding.spans import encode_span
from otelkit.export import DirectSpanProcessor, WaitingSpanExporter
from otelkit.export.payload import Loose
from otelkit.redaction import AllowList, RedactingSpanProcessor
from otelkit.spans import CheapTracerProvider, moments, span

RESOURCE = Resource({"service.name": "shop"})
ALLOW = AllowList(query_parameters=frozenset({"page"}), headers=frozenset({"accept"}))


class Catching(WaitingSpanExporter):
    """Keeps what is to be queued."""

    def __init__(self) -> None:
        super().__init__()
        self.caught: list[Loose] = []

    def offer_loose(self, loose: Loose) -> bool:
        self.caught.append(loose)
        return True


class CountedIds(IdGenerator):
    """Counts; the trace ids spread over all ratios."""

    def __init__(self) -> None:
        self._spans, self._traces = count(1), count(1)

    def generate_span_id(self) -> int:
        return next(self._spans)

    def generate_trace_id(self) -> int:
        return next(self._traces) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128

    def is_trace_id_random(self) -> bool:
        return True


class Side:
    """One provider after the other in front of one exporter."""

    def __init__(self, make: Callable[..., TracerProvider]) -> None:
        self._make = make
        self._exporter = Catching()
        self._processor = RedactingSpanProcessor(DirectSpanProcessor(self._exporter), ALLOW)

    @contextmanager
    def provider(
        self, sampler: Sampler = DEFAULT_ON, limits: SpanLimits | None = None, *, has_other: bool = True
    ) -> Iterator[TracerProvider]:
        self._exporter.caught.clear()
        self._memory = InMemorySpanExporter()
        ids = CountedIds()
        made = self._make(sampler, RESOURCE, id_generator=ids, span_limits=limits)
        made.add_span_processor(self._processor)
        if has_other:
            made.add_span_processor(SimpleSpanProcessor(self._memory))
        ticks = count(1_000)
        with pytest.MonkeyPatch.context() as patch:
            for module in (sdk, span, moments):
                patch.setattr(module, "time_ns", ticks.__next__)
            yield made

    def exported(self) -> tuple[list[Loose], list[bytes]]:
        """The encoded spans with where they belong, and what another exporter was given, not redacted."""
        return list(self._exporter.caught), [encode_span(each) for each in self.finished]

    @property
    def finished(self) -> Sequence[ReadableSpan]:
        """What another exporter was given."""
        return self._memory.get_finished_spans()


def sdk_provider(sampler: Sampler, resource: Resource, **options: Any) -> TracerProvider:
    return TracerProvider(sampler, resource, shutdown_on_exit=False, **options)


def both() -> tuple[Side, Side]:
    return Side(sdk_provider), Side(CheapTracerProvider)
