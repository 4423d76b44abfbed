"""Zero-code start-up: `OTEL_PYTHON_CONFIGURATOR=otelkit opentelemetry-instrument python -m my_service`.

The official extension point for whole pipelines: the SDK has entry points for exporters, but none for
processors. When another configurator is meant, or none is named, this one does what the SDK's does,
because opentelemetry-instrument takes the first that it finds.
"""

import os
from typing import Any

from opentelemetry.sdk._configuration import _BaseConfigurator, _OTelSDKConfigurator

from otelkit.startup import configure


class Configurator(_BaseConfigurator):
    """Calls configure(), whose shutdown then runs at the interpreter's end."""

    def _configure(self, **options: Any) -> None:
        if os.environ.get("OTEL_PYTHON_CONFIGURATOR") == "otelkit":
            configure()
        elif os.environ.get("OTEL_CONFIG_FILE"):
            # The file says all; the SDK's would warn that it ignores the version given here.
            _OTelSDKConfigurator().configure()  # type: ignore[no-untyped-call]  # not annotated
        else:
            _OTelSDKConfigurator().configure(**options)  # type: ignore[no-untyped-call]  # not annotated
