"""The shop's metrics: request durations with exemplars, orders, a pool and a queue."""

import bisect
import itertools
import random
from collections.abc import Sequence

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Metric

from tests.browser.story import HALF_AN_HOUR, SECOND, Trace, attributes, resource_of

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5)
_STEP = 15 * SECOND
_CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE


def tell_metrics(orders: Sequence[Trace], end_nanos: int) -> list[ExportMetricsServiceRequest]:
    """One request every fifteen seconds of the half hour."""
    begin = end_nanos - HALF_AN_HOUR
    counts = {status: [0] * (len(BOUNDS) + 1) for status in (201, 500)}
    chance = random.Random(3)  # noqa: S311 - a story, not a secret
    requests, waiting = [], 8.0
    for now in range(begin + _STEP, end_nanos + 1, _STEP):
        new = [order for order in orders if now - _STEP < order.begin_nanos <= now]
        metrics = [_durations(begin, now, counts, new)]
        used = min(max(3 + len(new) * chance.uniform(0.5, 1.5), 0), 10)
        metrics.append(
            _gauge("db.client.connection.count", "{connection}", now, {"state": "used"}, int(used))
        )
        metrics[-1].gauge.data_points.extend(
            _gauge("", "", now, {"state": "idle"}, 10 - int(used)).gauge.data_points
        )
        waiting = max(waiting + chance.uniform(-3, 3.2), 0)
        metrics.append(_gauge("messaging.queue.waiting", "{message}", now, {"queue": "orders"}, int(waiting)))
        request = ExportMetricsServiceRequest()
        group = request.resource_metrics.add()
        group.resource.attributes.extend(resource_of("http-fastapi"))
        group.scope_metrics.add(metrics=metrics)
        requests.append(request)
    return requests


def _durations(begin: int, now: int, counts: dict[int, list[int]], new: Sequence[Trace]) -> Metric:
    roots = [order.spans["http-fastapi"][0] for order in new]
    metric = Metric(name="http.server.request.duration", unit="s")
    metric.histogram.aggregation_temporality = _CUMULATIVE
    for status, buckets in counts.items():
        mine = [root for root in roots if (root.status.code == 2) == (status == 500)]
        seconds = [(root.end_time_unix_nano - root.start_time_unix_nano) / SECOND for root in mine]
        for value in seconds:
            buckets[bisect.bisect_left(BOUNDS, value)] += 1
        point = metric.histogram.data_points.add(
            start_time_unix_nano=begin,
            time_unix_nano=now,
            count=sum(buckets),
            sum=sum(
                itertools.starmap(lambda bound, count: bound * count, zip(BOUNDS, buckets, strict=False))
            ),
            bucket_counts=buckets,
            explicit_bounds=BOUNDS,
            attributes=attributes({"http.route": "/orders", "http.response.status_code": status}),
        )
        for root, value in list(zip(mine, seconds, strict=True))[:2]:
            point.exemplars.add(
                trace_id=root.trace_id,
                span_id=root.span_id,
                as_double=value,
                time_unix_nano=root.end_time_unix_nano,
            )
    return metric


def _gauge(name: str, unit: str, now: int, labels: dict[str, str | int | float | bool], value: int) -> Metric:
    metric = Metric(name=name, unit=unit)
    metric.gauge.data_points.add(time_unix_nano=now, as_int=value, attributes=attributes(labels))
    return metric
