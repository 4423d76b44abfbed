"""Shipments over RabbitMQ: from publish over retries to dead letter and back, one story in telemetry."""

# What start-up proves to be working before the first request: see `python -m otelkit doctor`.
INSTRUMENTATIONS = ("aio-pika", "asgi", "logging")
