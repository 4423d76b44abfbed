"""An operator for MyApp: one becomes a Deployment, a Service and a ConfigMap, and the loop is a trace."""

# What start-up proves to be working before the first event: see `python -m otelkit doctor`.
INSTRUMENTATIONS = ("httpx2", "kopf", "kubernetes-aio", "logging")
