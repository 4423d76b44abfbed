"""Probe of FastAPI's own telemetry (since 0.142): one request to a throwaway application, without a port."""

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from opentelemetry.sdk.trace import TracerProvider

from otelkit.probes.one_request import serve_once


def emit_server_span(provider: TracerProvider) -> str:
    """Let an application trace itself with `provider` and send it one request; returns the version."""
    telemetry = TelemetryConfig(tracer_provider=provider, operation_spans=False, metrics=False, logs=False)
    return serve_once(FastAPI(openapi_url=None, telemetry=telemetry))
