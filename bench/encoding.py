"""Encoding alone, beside the SDK's encoder in one process: how many times faster, by signal."""

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics as encode_metrics_by_sdk
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.util.types import AnyValue

from bench.export_side import BATCH, emit
from otelkit.encoding.logs import encode_log
from otelkit.encoding.metrics import encode_metrics
from otelkit.encoding.spans import encode_span
from otelkit.export.packing import pack_directly

ROUNDS = 30


def measure() -> dict[str, float]:
    """Ratios of processor time, the SDK's divided by ours, by signal."""
    spans, records, metrics = _spans(), _records(), _metrics()
    return {
        "spans": _ratio(
            lambda: pack_directly(spans, encode_span), lambda: encode_spans(spans).SerializeToString()
        ),
        "logs": _ratio(
            lambda: pack_directly(records, encode_log), lambda: encode_logs(records).SerializeToString()
        ),
        "metrics": _ratio(
            lambda: encode_metrics(metrics), lambda: encode_metrics_by_sdk(metrics).SerializeToString()
        ),
    }


def created_and_encoded(*, direct: bool) -> float:
    """Spans created, ended and encoded per second of processor time, with nothing behind the encoder."""
    provider = TracerProvider(shutdown_on_exit=False)
    kept = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(kept))

    def once() -> None:
        emit(provider, BATCH)
        spans = kept.get_finished_spans()
        kept.clear()
        _ = pack_directly(spans, encode_span) if direct else encode_spans(spans).SerializeToString()

    return BATCH / _seconds(once)


def _ratio(ours: Callable[[], Any], theirs: Callable[[], Any]) -> float:
    return median(_seconds(theirs, 1) / _seconds(ours, 1) for _ in range(ROUNDS))


def _seconds(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return median(taken)


def _spans() -> Sequence[Any]:
    provider, kept = TracerProvider(shutdown_on_exit=False), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    emit(provider, BATCH)
    return kept.get_finished_spans()


def _records() -> Sequence[Any]:
    provider, kept = LoggerProvider(shutdown_on_exit=False), InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]  # not annotated
    provider.add_log_record_processor(SimpleLogRecordProcessor(kept))
    logger = provider.get_logger("bench")
    for number in range(BATCH):
        extra: dict[str, AnyValue] = {
            "shop.order.id": str(number),
            "shop.item": "tea",
            "http.response.status_code": 200,
        }
        logger.emit(
            timestamp=number + 1,
            severity_number=SeverityNumber.INFO,
            severity_text="INFO",
            body=f"order {number} accepted",
            attributes=extra,
        )
    return kept.get_finished_logs()


def _metrics() -> Any:
    reader = InMemoryMetricReader()
    meter = MeterProvider([reader], Resource({}), shutdown_on_exit=False).get_meter("bench")
    for metric in range(10):
        counter, histogram = meter.create_counter(f"c{metric}"), meter.create_histogram(f"h{metric}", "s")
        for number in range(20):
            labels = {"http.route": f"/route/{number}", "http.request.method": "GET"}
            counter.add(number, labels)
            histogram.record(number / 10, labels)
    return reader.get_metrics_data()
