"""Orders over HTTP: the smallest service whose telemetry is proven."""

# What start-up proves to be working before the first request: see `python -m otelkit doctor`.
INSTRUMENTATIONS = ("asgi", "fastapi", "fastapi-native", "httpx2", "logging")
