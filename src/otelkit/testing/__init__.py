"""Proofs of telemetry for tests: an OTLP sink, trace trees, comparison with a README, a clean reset.

The pytest plugin is `otelkit.testing.plugin`; installing `otelkit[testing]` activates it. Its fixtures are
`otlp_sink`, `readme_trace` and `reset_telemetry`. This module only names what tests import, and imports
each on first use, because pytest loads the plugin in every run.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from otelkit.testing.logs import LogRecord
    from otelkit.testing.metrics import Exemplar, MetricPoint
    from otelkit.testing.readme import blocks_of
    from otelkit.testing.reset import reset_telemetry
    from otelkit.testing.sink import NotReceivedError, Sink
    from otelkit.testing.tree import TraceTree, trace_tree

__all__ = [
    "Exemplar",
    "LogRecord",
    "MetricPoint",
    "NotReceivedError",
    "Sink",
    "TraceTree",
    "blocks_of",
    "reset_telemetry",
    "trace_tree",
]

_HOME = {
    "Exemplar": "metrics",
    "LogRecord": "logs",
    "MetricPoint": "metrics",
    "NotReceivedError": "sink",
    "Sink": "sink",
    "TraceTree": "tree",
    "blocks_of": "readme",
    "reset_telemetry": "reset",
    "trace_tree": "tree",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
