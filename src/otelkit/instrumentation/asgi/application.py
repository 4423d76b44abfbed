"""Instruments one Starlette or FastAPI application, around all of its middlewares.

Who stands down: ours for contrib's, wherever that has instrumented the same application; FastAPI's own
telemetry (since 0.142) for ours, by the switches that `FastAPI(telemetry=...)` has. One server span is left.
"""

import logging
from typing import Any

from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import TracerProvider

from otelkit.instrumentation.asgi.middleware import TelemetryMiddleware
from otelkit.instrumentation.asgi.protocol import Application

_NATIVE_SWITCHES = ("tracing", "metrics", "logs")
_UNDO = "_otelkit_asgi_undo"

_log = logging.getLogger(__name__)


def instrument_app(
    app: Any,
    *,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
    excluded_urls: str | None = None,
) -> None:
    """Instrument an application before it serves; a second call does nothing.

    Arguments as of TelemetryMiddleware, which is the one to use for other ASGI applications.

    Raises:
        TypeError: not an application of Starlette's kind.
        ValueError: `excluded_urls` holds no regular expression.
    """
    if not hasattr(app, "build_middleware_stack"):
        raise TypeError(f"{app!r} builds no middleware stack: wrap it, as in TelemetryMiddleware(app)")
    if is_instrumented(app):
        _log.warning("this application is instrumented already, by ours or by contrib's: nothing is changed")
        return

    def wrapped(inner: Application) -> TelemetryMiddleware:
        return TelemetryMiddleware(
            inner,
            tracer_provider=tracer_provider,
            meter_provider=meter_provider,
            excluded_urls=excluded_urls,
        )

    wrapped(app)  # finds a wrong argument now, not at the first request
    build = app.build_middleware_stack
    app.build_middleware_stack = lambda: wrapped(build())
    switches = silence_native(app)
    setattr(app, _UNDO, switches)
    if app.middleware_stack is not None:
        app.middleware_stack = wrapped(app.middleware_stack)


def uninstrument_app(app: Any) -> None:
    """Take the instrumentation off again; an application without one stays as it is."""
    switches = app.__dict__.pop(_UNDO, None)
    if switches is None:
        return
    del app.build_middleware_stack  # the instance's; the class's is there again
    if isinstance(app.middleware_stack, TelemetryMiddleware):
        app.middleware_stack = app.middleware_stack.app
    getattr(app, "_telemetry", {}).update(switches)


def is_instrumented(app: Any) -> bool:
    """Whether ours or contrib's is on this application."""
    return _UNDO in vars(app) or getattr(app, "_is_instrumented_by_opentelemetry", False)


def silence_native(app: Any) -> dict[str, bool]:
    """Turn FastAPI's own telemetry off, as FastAPI(telemetry={...}) does; returns what was set before."""
    settings = getattr(app, "_telemetry", None)
    if not isinstance(settings, dict):
        return {}
    before = {name: settings[name] for name in _NATIVE_SWITCHES if name in settings}
    settings.update(dict.fromkeys(before, False))
    return before
