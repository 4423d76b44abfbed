"""Our histograms are used where every reader can take them as they are; else the SDK's."""

from typing import Any

import pytest
from opentelemetry.sdk.metrics import Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader
from opentelemetry.sdk.metrics.view import (
    ExplicitBucketHistogramAggregation,
    ExponentialBucketHistogramAggregation,
)
from opentelemetry.sdk.resources import Resource

from otelkit import ConfigurationError
from otelkit.export import PeriodicReader
from otelkit.histograms import DirectMeterProvider, make_meter_provider

from .conftest import MakeKept, Start
from .kept import Keeper

DELTA = {"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta"}
LOW_MEMORY = {"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "lowmemory"}
EXPONENTIAL = {
    "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION": "base2_exponential_bucket_histogram"
}


@pytest.mark.parametrize("exporters", ["otlp", "prometheus", "otlp,prometheus", "console"])
def test_configured_process_has_ours_with_our_readers(start: Start, exporters: str) -> None:
    telemetry = start(OTEL_METRICS_EXPORTER=exporters)

    assert telemetry.pipelines is not None
    assert type(telemetry.pipelines.meter_provider) is DirectMeterProvider
    telemetry.shutdown()


@pytest.mark.parametrize(
    "environment",
    [DELTA, LOW_MEMORY, EXPONENTIAL, {"OTELKIT_HISTOGRAMS": "sdk"}, {"OTEL_METRICS_EXPORTER": "none"}],
    ids=["delta", "lowmemory", "exponential", "setting", "no reader"],
)
def test_configured_process_has_the_sdks_where_the_environment_asks_for_it(
    start: Start, environment: dict[str, str]
) -> None:
    telemetry = start(**environment)

    assert telemetry.pipelines is not None
    assert type(telemetry.pipelines.meter_provider) is MeterProvider
    telemetry.shutdown()


@pytest.mark.parametrize(
    "preferences",
    [
        {"preferred_temporality": {Histogram: AggregationTemporality.DELTA}},
        {"preferred_aggregation": {Histogram: ExponentialBucketHistogramAggregation()}},
        {"preferred_aggregation": {Histogram: ExplicitBucketHistogramAggregation([1, 2])}},
        {"preferred_aggregation": {Histogram: ExplicitBucketHistogramAggregation(record_min_max=False)}},
    ],
)
def test_exporter_that_prefers_something_else_gets_the_sdks(preferences: dict[str, Any]) -> None:
    provider = make_meter_provider([PeriodicReader(Keeper(**preferences))], Resource({}), {})

    assert type(provider) is MeterProvider
    provider.shutdown()


def test_one_reader_of_others_is_enough_for_the_sdks(kept: MakeKept) -> None:
    assert type(kept("direct", "trace_based", InMemoryMetricReader()).provider) is MeterProvider


def test_reader_of_others_that_is_added_later_is_refused(kept: MakeKept) -> None:
    side = kept()
    with pytest.raises(
        ConfigurationError, match="InMemoryMetricReader would get no histograms: set OTELKIT_"
    ):
        side.provider.add_metric_reader(InMemoryMetricReader())


def test_reader_of_ours_that_is_added_later_gets_histograms(kept: MakeKept) -> None:
    side, exporter = kept(), Keeper()
    late = PeriodicReader(exporter)
    side.provider.add_metric_reader(late)
    side.meter.create_histogram("h").record(1)
    late.collect()
    late.shutdown()

    assert exporter.kept[0].resource_metrics[0].scope_metrics[0].metrics[0].name == "h"


def test_wrong_setting_is_told_with_the_remedy(start: Start) -> None:
    with pytest.raises(ConfigurationError, match="OTELKIT_HISTOGRAMS='fast': use one of direct, sdk"):
        start(OTELKIT_HISTOGRAMS="fast")
