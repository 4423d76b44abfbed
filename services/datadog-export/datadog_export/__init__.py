"""Refunds, whose telemetry Datadog shows as it shows its own tracer's: by standard attributes alone."""

# What start-up proves to be working before the first request: see `python -m otelkit doctor`.
INSTRUMENTATIONS = ("asgi", "httpx2", "logging", "sqlalchemy")
