"""Telemetry for Python services: start-up, export that waits, redaction, proofs.

The names load on first use: the viewer and the pytest plugin import this package too, and
have no use for the SDK that configure() brings.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otelkit.errors import ConfigurationError
    from otelkit.startup import configure
    from otelkit.telemetry import Telemetry
    from otelkit.zero_code import adopt

__all__ = ["ConfigurationError", "Telemetry", "adopt", "configure"]

_HOMES = {
    "ConfigurationError": "otelkit.errors",
    "Telemetry": "otelkit.telemetry",
    "adopt": "otelkit.zero_code",
    "configure": "otelkit.startup",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
