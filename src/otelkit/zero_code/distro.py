"""What a declarative configuration file cannot say: `OTEL_PYTHON_DISTRO=otelkit`.

A distro is the official place for defaults of the environment. The Python SDK reads the choice of
stable conventions and of its own metrics from variables alone, so they are set here as configure()
sets them. With a file, what it lists is all that is instrumented: else opentelemetry-instrument would
add each instrumentation that it finds, and instrument a library twice for which there are two.
When another distro is meant, or none is named, this one changes nothing.
"""

import os
from typing import Any

from opentelemetry.instrumentation.distro import BaseDistro  # type: ignore[attr-defined]  # untyped module
from opentelemetry.sdk.environment_variables import OTEL_EXPERIMENTAL_RESOURCE_DETECTORS
from opentelemetry.util._importlib_metadata import EntryPoint

from otelkit.resource import DETECTORS
from otelkit.startup import SDK_DEFAULTS


class Distro(BaseDistro):  # type: ignore[misc]  # the base is not annotated
    """Sets otelkit's defaults before the SDK starts."""

    def _configure(self, **_: Any) -> None:
        if _is_meant():
            for name, value in SDK_DEFAULTS.items():
                os.environ.setdefault(name, value)
            # The file's own list detects at start; this one, what a forked worker detects anew.
            os.environ.setdefault(OTEL_EXPERIMENTAL_RESOURCE_DETECTORS, DETECTORS)

    def load_instrumentor(self, entry_point: EntryPoint, **options: Any) -> None:
        """Instrument, unless a configuration file says what is instrumented."""
        if not (_is_meant() and os.environ.get("OTEL_CONFIG_FILE")):
            entry_point.load()().instrument(**options)


def _is_meant() -> bool:
    return os.environ.get("OTEL_PYTHON_DISTRO") == "otelkit"
