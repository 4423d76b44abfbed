"""The order ledger: a database layer whose telemetry alone names the problem."""

# What start-up proves to be working before the first request: see `python -m otelkit doctor`.
INSTRUMENTATIONS = ("asgi", "logging", "sqlalchemy")
