"""The real Collector takes what the exporters write, however it is compressed."""

import pytest
from opentelemetry.sdk.trace import TracerProvider

from otelkit.export import (
    DirectSpanProcessor,
    WaitingLogExporter,
    WaitingMetricExporter,
    WaitingSpanExporter,
    read_destination,
)
from otelkit.signals import Signal
from otelkit.testing import Sink
from tests.collector.process import RunningCollector
from tests.otelkit.encoding import golden, metric_data


@pytest.mark.parametrize(
    ("protocol", "compression"),
    [
        ("grpc", "none"),
        ("grpc", "gzip"),
        ("http/protobuf", "none"),
        ("http/protobuf", "gzip"),
        ("http/protobuf", "zstd"),
    ],
)
def test_collector_takes_spans_in_every_protocol_and_compression(
    running: RunningCollector, sink: Sink, protocol: str, compression: str
) -> None:
    port = running.ports["GRPC_PORT" if protocol == "grpc" else "HTTP_PORT"]
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_EXPORTER_OTLP_COMPRESSION": compression,
    }
    exporter = WaitingSpanExporter(destination=read_destination(Signal.TRACES, environ))
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(DirectSpanProcessor(exporter))
    name = f"{protocol} {compression}"
    provider.get_tracer("t").start_span(name, attributes={"list": ["a", "b"], "pi": 3.14}).end()
    provider.shutdown()

    assert exporter.drops.lost == {}
    sink.wait_for_spans(lambda spans: any(span.name == name for span in spans))


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_collector_takes_one_of_everything_whole(running: RunningCollector, protocol: str) -> None:
    port = running.ports["GRPC_PORT" if protocol == "grpc" else "HTTP_PORT"]
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
    }
    traces = WaitingSpanExporter(destination=read_destination(Signal.TRACES, environ))
    logs = WaitingLogExporter(destination=read_destination(Signal.LOGS, environ))
    metrics = WaitingMetricExporter(destination=read_destination(Signal.METRICS, environ))

    traces.offer_span(golden.span())
    logs.offer_log(golden.log_record())
    for collection in metric_data.ONE_OF_EACH.values():
        metrics.export(collection)

    for exporter in (traces, logs, metrics):
        exporter.shutdown(10_000)
        assert exporter.drops.lost == {}
        assert exporter.drops.exported > 0
