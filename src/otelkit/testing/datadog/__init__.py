"""Datadog without an account: an intake that decodes what it is sent, and says what Datadog would show.

    with DatadogIntake() as intake:
        ...  # a Collector whose DD_* endpoints are intake.url
        assert intake.wait_for_spans()[0].resource == "GET /orders/{order_id}"

`python -m otelkit.testing.datadog --port 8126` serves it alone.
"""

from otelkit.testing.changes import NotReceivedError
from otelkit.testing.datadog.answers import Answer
from otelkit.testing.datadog.intake import DatadogIntake
from otelkit.testing.datadog.records import Log, Metric, Request, Span, Stats

__all__ = ["Answer", "DatadogIntake", "Log", "Metric", "NotReceivedError", "Request", "Span", "Stats"]
