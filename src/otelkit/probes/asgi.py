"""Probe of otelkit.instrumentation.asgi: one request to a throwaway FastAPI application, without a port."""

from fastapi import FastAPI
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.trace import TracerProvider

from otelkit.instrumentation.asgi import instrument_app
from otelkit.probes.one_request import serve_once


def emit_server_span(provider: TracerProvider) -> str:
    """Instrument an application with `provider` and send it one request; returns the version."""
    app = FastAPI(openapi_url=None)
    instrument_app(app, tracer_provider=provider, meter_provider=NoOpMeterProvider())
    return serve_once(app)
