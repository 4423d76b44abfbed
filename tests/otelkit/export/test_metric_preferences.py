"""Temporality and histogram aggregation by the metrics exporter's variables."""

import pytest

from otelkit.errors import ConfigurationError
from otelkit.export import WaitingMetricExporter
from otelkit.export.metric_preferences import read_aggregation, read_temporality


@pytest.mark.parametrize(
    ("preference", "deltas"),
    [
        ("", set()),
        ("CUMULATIVE", set()),
        ("delta", {"Counter", "Histogram", "ObservableCounter"}),
        ("LowMemory", {"Counter", "Histogram"}),
    ],
)
def test_temporality_follows_the_preference(preference: str, deltas: set[str]) -> None:
    found = read_temporality({"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": preference})

    assert {kind.__name__ for kind, temporality in found.items() if temporality.name == "DELTA"} == deltas


def test_the_histogram_follows_the_preference() -> None:
    variable = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"

    (aggregation,) = read_aggregation({variable: "base2_exponential_bucket_histogram"}).values()
    assert type(aggregation).__name__ == "ExponentialBucketHistogramAggregation"
    (aggregation,) = read_aggregation({}).values()
    assert type(aggregation).__name__ == "ExplicitBucketHistogramAggregation"


@pytest.mark.parametrize(
    "variable",
    [
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
        "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
    ],
)
def test_a_wrong_metric_preference_is_an_error(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "sideways")

    with pytest.raises(ConfigurationError, match=f"{variable}='sideways'"):
        WaitingMetricExporter()
