"""The three providers, each from its source to its exporters.

Order matters: baggage is copied on start, redaction stands directly before each exporter's
batch, so nothing that is exported has passed it by. Processors hand over to an exporter
that never waits for the network, so their queues hold moments, not outages.
"""

import os
from dataclasses import dataclass
from typing import Any

from opentelemetry.processor.baggage import BaggageLogProcessor, BaggageSpanProcessor
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import (
    BatchLogRecordProcessor,
    ConsoleLogRecordExporter,
    SimpleLogRecordProcessor,
)
from opentelemetry.sdk.environment_variables import OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.sdk.trace.sampling import Sampler

from otelkit.environment import positive, read
from otelkit.export import (
    DirectLogProcessor,
    DirectSpanProcessor,
    PeriodicReader,
    WaitingLogExporter,
    WaitingSpanExporter,
)
from otelkit.histograms import make_meter_provider
from otelkit.redaction import AllowList, RedactingLogProcessor, RedactingSpanProcessor, baggage_predicate
from otelkit.sampling import AdaptiveSampler
from otelkit.selection import exporter_types, sampler
from otelkit.self_metrics import DropTallySampler, LogTally, SpanTallies
from otelkit.signals import Signal
from otelkit.spans import CheapTracerProvider, read_spans_are_ours

QUEUE_ITEMS = 8192


@dataclass(frozen=True)
class Pipelines:
    """The providers of one process, and the exporters at their ends."""

    tracer_provider: TracerProvider
    meter_provider: MeterProvider
    logger_provider: LoggerProvider
    exporters: tuple[Any, ...]


def build_pipelines(resource: Resource, allow: AllowList) -> Pipelines:
    """Build the providers that the environment asks for; nothing is made global here.

    Raises:
        ConfigurationError: a variable has a wrong value.
    """
    made = {signal: [make() for make in exporter_types(signal, os.environ)] for signal in Signal}
    chosen = sampler(os.environ)
    # With the variable set, the SDK counts itself or nothing does.
    is_counted_here = not os.environ.get(OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED, "").strip()
    drops = DropTallySampler(chosen) if is_counted_here else None

    readers = [_reader(exporter) for exporter in made[Signal.METRICS]]
    meters = make_meter_provider(readers, resource)

    tracers = _tracer_provider(chosen, drops, resource, meters)
    if allow.baggage_keys:
        tracers.add_span_processor(BaggageSpanProcessor(baggage_predicate(allow)))
    for exporter in made[Signal.TRACES]:
        tracers.add_span_processor(RedactingSpanProcessor(_span_processor(exporter, meters), allow))

    loggers = LoggerProvider(resource, shutdown_on_exit=False, meter_provider=meters)
    if drops:
        loggers.add_log_record_processor(LogTally(meters))
    if allow.baggage_keys:
        loggers.add_log_record_processor(BaggageLogProcessor(baggage_predicate(allow)))
    loggers.add_log_record_processor(RedactingLogProcessor(allow))
    for exporter in made[Signal.LOGS]:
        loggers.add_log_record_processor(_log_processor(exporter, meters))

    return Pipelines(tracers, meters, loggers, tuple(exporter for some in made.values() for exporter in some))


def _tracer_provider(
    chosen: Sampler, drops: DropTallySampler | None, resource: Resource, meters: MeterProvider
) -> TracerProvider:
    tallies = SpanTallies(drops.dropped, meters) if drops else None
    if read_spans_are_ours():
        tracers: TracerProvider = CheapTracerProvider(
            chosen, resource, tallies=tallies, meter_provider=meters
        )
    else:
        tracers = TracerProvider(drops or chosen, resource, shutdown_on_exit=False, meter_provider=meters)
        if tallies:
            tracers.add_span_processor(tallies)
    if isinstance(chosen, AdaptiveSampler):
        chosen.attach(tracers)
    return tracers


def _reader(exporter_or_reader: Any) -> MetricReader:
    if isinstance(exporter_or_reader, MetricReader):
        return exporter_or_reader
    return PeriodicReader(exporter_or_reader)


def _span_processor(exporter: Any, meters: MeterProvider) -> SpanProcessor:
    if isinstance(exporter, ConsoleSpanExporter):
        return SimpleSpanProcessor(exporter)
    if isinstance(exporter, WaitingSpanExporter) and exporter.encodes_directly:
        return DirectSpanProcessor(exporter)
    queue_items = read(os.environ, "OTEL_BSP_MAX_QUEUE_SIZE", positive, QUEUE_ITEMS)
    return BatchSpanProcessor(exporter, queue_items, meter_provider=meters)


def _log_processor(exporter: Any, meters: MeterProvider) -> Any:
    if isinstance(exporter, ConsoleLogRecordExporter):
        return SimpleLogRecordProcessor(exporter)
    if isinstance(exporter, WaitingLogExporter) and exporter.encodes_directly:
        return DirectLogProcessor(exporter)
    queue_items = read(os.environ, "OTEL_BLRP_MAX_QUEUE_SIZE", positive, QUEUE_ITEMS)
    return BatchLogRecordProcessor(exporter, max_queue_size=queue_items, meter_provider=meters)
