"""OTELKIT_SPANS chooses whose spans configure() makes."""

from collections.abc import Callable

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from otelkit import ConfigurationError, Telemetry
from otelkit.spans import CheapTracerProvider


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, CheapTracerProvider),
        ({"OTELKIT_SPANS": "cheap"}, CheapTracerProvider),
        ({"OTELKIT_SPANS": "SDK"}, TracerProvider),
        ({"OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED": "true"}, TracerProvider),
        ({"OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED": "false"}, CheapTracerProvider),
    ],
)
def test_spans_are_ours_unless_told_otherwise(
    start: Callable[..., Telemetry], environment: dict[str, str], expected: type
) -> None:
    start(**environment)

    assert type(trace.get_tracer_provider()) is expected


def test_wrong_choice_is_told_with_its_remedy(start: Callable[..., Telemetry]) -> None:
    with pytest.raises(ConfigurationError, match=r"OTELKIT_SPANS='fast': use one of cheap, sdk"):
        start(OTELKIT_SPANS="fast")
