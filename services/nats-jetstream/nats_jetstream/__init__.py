"""The shop's orders as events on NATS: every pattern, and one continuous story in the trace."""

# What start-up proves to be working before the first request: see `python -m otelkit doctor`.
INSTRUMENTATIONS = ("asgi", "logging", "nats")
