"""Destinations that are new for each message are bounded on points as they are in counts."""

from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MessagingOperationTypeValues

from otelkit.instrumentation.messaging import Settings, Telemetry
from otelkit.instrumentation.messaging.instruments import MOST_SETS, OVERFLOW

SEND, PROCESS = MessagingOperationTypeValues.SEND, MessagingOperationTypeValues.PROCESS
SUBJECTS = MOST_SETS + 500


def points_of(reader: InMemoryMetricReader) -> dict[str, list[Any]]:
    data = reader.get_metrics_data()
    assert data is not None
    return {
        metric.name: list(metric.data.data_points)
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }


def test_made_up_destinations_beyond_the_limit_are_one_point_of_each_metric() -> None:
    reader = InMemoryMetricReader()
    meters = MeterProvider([reader], shutdown_on_exit=False)
    telemetry = Telemetry("shop", Settings(), meter_provider=meters)
    for number in range(SUBJECTS):
        for word, kind in (("publish", SEND), ("process", PROCESS)):
            plan = telemetry.plan(word, kind, f"m.user{number}", {})
            plan.tally.count += 1
            telemetry.begin(plan).end()
            assert plan.name == f"{word} m.user{number}"
            assert plan.sends is (kind is SEND)
    points = points_of(reader)
    meters.shutdown()

    assert len(points) == 4
    for name, found in points.items():
        assert len(found) == MOST_SETS + 1, name
        (rest,) = (point for point in found if point.attributes == OVERFLOW)
        assert getattr(rest, "count", getattr(rest, "value", 0)) == SUBJECTS - MOST_SETS, name
