"""Stock over gRPC: all four call modes, asyncio and sync, whose telemetry is proven."""

# What start-up proves to be working before the first call: see `python -m otelkit doctor`.
INSTRUMENTATIONS = ("grpc-aio", "grpc-sync", "logging")
