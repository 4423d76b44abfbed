"""Zero-code start-up: what `opentelemetry-instrument` finds of otelkit, and the end of what it began.

Two ways. `OTEL_PYTHON_CONFIGURATOR=otelkit` makes configure() build everything. Or
`OTEL_CONFIG_FILE=file.yaml` describes the pipelines (declarative configuration 1.0), with
`otelkit` as the exporters' name in it and `OTEL_PYTHON_DISTRO=otelkit` for what the file cannot say.
Either way the application ends them: adopt() gives it the Telemetry whose shutdown() does.
"""

from otelkit.zero_code.adoption import adopt
from otelkit.zero_code.configurator import Configurator
from otelkit.zero_code.distro import Distro
from otelkit.zero_code.exporters import (
    RedactingLogExporter,
    RedactingSpanExporter,
    ZeroCodeMetricExporter,
    ZeroCodeOpenMetricsReader,
)

__all__ = [
    "Configurator",
    "Distro",
    "RedactingLogExporter",
    "RedactingSpanExporter",
    "ZeroCodeMetricExporter",
    "ZeroCodeOpenMetricsReader",
    "adopt",
]
