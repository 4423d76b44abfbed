"""A program that emits one span, one log record and two metrics, to where its OTEL_* variables say."""

import logging
import os
from importlib import import_module

from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

PACKAGE = f"opentelemetry.exporter.otlp.proto.{os.environ['OTEL_EXPORTER_OTLP_PROTOCOL'].partition('/')[0]}"


def main() -> None:
    resource = Resource.create({"service.name": "emitter"})
    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(
        BatchSpanProcessor(import_module(f"{PACKAGE}.trace_exporter").OTLPSpanExporter())
    )
    loggers = LoggerProvider(resource=resource)
    loggers.add_log_record_processor(
        BatchLogRecordProcessor(import_module(f"{PACKAGE}._log_exporter").OTLPLogExporter())
    )
    exporter = import_module(f"{PACKAGE}.metric_exporter").OTLPMetricExporter()
    meters = MeterProvider([PeriodicExportingMetricReader(exporter, 60_000)], resource=resource)
    logging.getLogger("shop").addHandler(LoggingHandler(logger_provider=loggers))
    meter = meters.get_meter("shop")
    with tracers.get_tracer("shop").start_as_current_span("emit"):
        logging.getLogger("shop").warning("sold")
        meter.create_counter("orders").add(3, {"kind": "gift"})
        meter.create_histogram("duration", "s").record(0.5)
    for provider in (tracers, loggers, meters):
        provider.shutdown()


if __name__ == "__main__":
    main()
