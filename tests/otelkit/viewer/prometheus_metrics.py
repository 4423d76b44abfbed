"""Metrics of one service, for tests of Prometheus' API, and a way to ask it."""

import json
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Metric

from otelkit.signals import Signal

from .conftest import NOON, SECOND, Backend

CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
RESOURCE = {
    "service.name": "shop",
    "service.namespace": "eu",
    "service.instance.id": "a1",
    "service.version": "1.2",
    "host.name": "node-1",
}
OF_RESOURCE = {
    "job": "eu/shop",
    "instance": "a1",
    "service_name": "shop",
    "service_namespace": "eu",
    "service_instance_id": "a1",
    "service_version": "1.2",
}


def send(backend: Backend, *metrics: Metric) -> None:
    request = ExportMetricsServiceRequest()
    group = request.resource_metrics.add()
    for key, value in RESOURCE.items():
        group.resource.attributes.add(key=key).value.string_value = value
    group.scope_metrics.add(metrics=metrics)
    backend.send(request, Signal.METRICS)


def counter(value: int, seconds: int = 0, flags: int = 0, tier: str = "gold") -> Metric:
    metric = Metric(name="shop.orders", unit="{order}")
    metric.sum.is_monotonic = True
    metric.sum.aggregation_temporality = CUMULATIVE
    point = metric.sum.data_points.add(as_int=value, time_unix_nano=NOON + seconds * SECOND, flags=flags)
    point.attributes.add(key="shop.tier").value.string_value = tier
    return metric


def gauge(value: float, size: str) -> Metric:
    metric = Metric(name="shop.size")
    point = metric.gauge.data_points.add(as_double=value, time_unix_nano=NOON)
    point.attributes.add(key="size").value.string_value = size
    return metric


def histogram() -> Metric:
    metric = Metric(name="http.server.request.duration", unit="s")
    metric.histogram.aggregation_temporality = CUMULATIVE
    point = metric.histogram.data_points.add(
        count=6, sum=4.5, explicit_bounds=[0.005, 1, 2.5], bucket_counts=[1, 2, 0, 3], time_unix_nano=NOON
    )
    point.exemplars.add(
        as_double=0.5, time_unix_nano=NOON, trace_id=bytes(15) + b"\7", span_id=bytes(7) + b"\1"
    )
    return metric


def ask(backend: Backend, path: str, **parameters: object) -> Any:
    match = {"match[]": parameters.pop("match")} if "match" in parameters else {}
    page = backend.ask(f"/prometheus/api/v1/{path}", {**parameters, **match})
    assert page.status == 200, page.text
    return json.loads(page.text)["data"]
