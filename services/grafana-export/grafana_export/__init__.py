"""All three signals sent to Grafana's backends, and read back from each."""

# What start-up proves to be working before the first request: see `python -m otelkit doctor`.
INSTRUMENTATIONS = ("asgi", "logging")
