"""`make run SERVICE=datadog-export`: the service, a real Collector, and what Datadog would show of both.

Not part of the service: it needs a checkout of the repository, whose Collector it starts.
"""
