"""Probe of contrib's instrumentation of FastAPI: one request to a throwaway application, without a port."""

from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.trace import TracerProvider

from otelkit.probes.one_request import serve_once


def emit_server_span(provider: TracerProvider) -> str:
    """Instrument an application with `provider` and send it one request; returns the versions."""
    app = FastAPI(openapi_url=None)
    nothing = NoOpMeterProvider()  # or the probe would be in the process's own histogram
    FastAPIInstrumentor.instrument_app(
        app, tracer_provider=provider, meter_provider=nothing, exclude_spans=["send", "receive"]
    )
    return serve_once(app)
