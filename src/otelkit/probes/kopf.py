"""Probe: one handler called by kopf's own execution, without a cluster."""

import asyncio
from importlib.metadata import version
from typing import Any

import kopf
from kopf._cogs.structs import ephemera
from kopf._core.actions import lifecycles
from kopf._core.engines import activities
from kopf._core.intents import causes
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.trace import TracerProvider

from otelkit.instrumentation.kopf import KopfInstrumentor


def emit_handler_span(provider: TracerProvider) -> str:
    """Instrument kopf with `provider`, have it call a start-up handler and undo it; returns the version."""
    instrumentor = object.__new__(KopfInstrumentor)  # not the one of the process, which may be in use
    instrumentor.instrument(tracer_provider=provider, meter_provider=NoOpMeterProvider())
    try:
        asyncio.run(_start_once())
    finally:
        instrumentor.uninstrument()
    return f"kopf {version('kopf')}"


async def _start_once() -> None:
    registry = kopf.OperatorRegistry()
    kopf.on.startup(registry=registry)(_nothing)
    await activities.run_activity(
        lifecycle=lifecycles.all_at_once,
        registry=registry,
        settings=kopf.OperatorSettings(),
        activity=causes.Activity.STARTUP,
        indices={},
        memo=ephemera.AnyMemo(kopf.Memo()),
    )


async def _nothing(**_: Any) -> None:
    return None
