"""Numbered telemetry of all signals, and what of it has arrived."""

import time
from collections import Counter

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.testing.datadog import DatadogIntake
from tests.collector.datadog.otlp import Request, logs, resource_with, span, traces
from tests.collector.payloads import key_values

GAUGE = "orders.waiting"


def numbered(numbers: range) -> list[Request]:
    """One trace, one log and one value of a gauge for each number, from 1 on."""
    spans = [numbered_span(number) for number in numbers]
    return [traces(spans), logs(*({"body": str(number)} for number in numbers)), gauge(numbers)]


def numbered_span(number: int) -> Span:
    """A trace of one span, counted by APM."""
    trace_id, span_id = number.to_bytes(16), number.to_bytes(8)
    return span("GET", kind=Span.SPAN_KIND_SERVER, trace_id=trace_id, span_id=span_id)


def gauge(numbers: range) -> ExportMetricsServiceRequest:
    """Values of a gauge, each a series of its own."""
    request = ExportMetricsServiceRequest()
    group = request.resource_metrics.add()
    group.resource.attributes.extend(key_values(resource_with({})))
    points = group.scope_metrics.add().metrics.add(name=GAUGE).gauge.data_points
    for number in numbers:
        points.add(as_int=number, time_unix_nano=time.time_ns(), attributes=key_values({"n": number}))
    return request


def arrived_spans(intake: DatadogIntake) -> Counter[int]:
    """How often each number arrived as a span."""
    return Counter(int(one.trace_id, 16) for one in intake.spans())


def arrived_logs(intake: DatadogIntake) -> Counter[int]:
    """How often each number arrived as a log."""
    return Counter(int(one.message) for one in intake.logs())


def arrived_metrics(intake: DatadogIntake) -> Counter[int]:
    """How often each number arrived as a value."""
    return Counter(int(one.value) for one in intake.metrics(GAUGE))


def hits(intake: DatadogIntake) -> int:
    """How many requests APM's statistics have counted."""
    return sum(one.hits for one in intake.stats())
