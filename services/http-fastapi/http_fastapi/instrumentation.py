"""Four ways to server spans and the duration histogram, by HTTP_INSTRUMENTATION; one at a time.

`contrib`: the official instrumentation, without its spans for each message. `native`: FastAPI's own (since
0.142), one span a request. `lean`: otelkit.instrumentation.asgi. `zero-code`: opentelemetry-instrument has
instrumented everything already. All leave the same trace; tests/test_contract.py holds them to it.
Probes leave no span: health checks and the metrics page say nothing about customers.
"""

from collections.abc import MutableMapping
from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

from http_fastapi import INSTRUMENTATIONS
from http_fastapi.settings import HttpInstrumentation
from otelkit.instrumentation import asgi

UNSEEN_PATHS = frozenset({"/healthz", "/metrics"})
# contrib looks into the whole URL, so that an open pattern would hide what a client names /orders/healthz
_UNSEEN_URLS = ",".join(rf"^\w+://[^/]*{path}$" for path in sorted(UNSEEN_PATHS))
_UNSEEN = ",".join(f"^{path}$" for path in sorted(UNSEEN_PATHS))
_PROBES = {"contrib": "fastapi", "native": "fastapi-native", "lean": "asgi", "zero-code": "fastapi"}


def native_telemetry(way: HttpInstrumentation) -> TelemetryConfig:
    """Give what `FastAPI(telemetry=...)` takes: one span a request, or nothing in another way."""
    if way == "native":
        return TelemetryConfig(operation_spans=False, logs=False, exclude=_is_unseen)
    return TelemetryConfig(tracing=False, metrics=False, logs=False)


def instrument_app(app: FastAPI, way: HttpInstrumentation) -> None:
    """Instrument the application, all of its middlewares included."""
    if way == "contrib":
        FastAPIInstrumentor.instrument_app(app, excluded_urls=_UNSEEN_URLS, exclude_spans=["send", "receive"])
    elif way == "lean":
        asgi.instrument_app(app, excluded_urls=_UNSEEN)


def probes_of(way: HttpInstrumentation) -> tuple[str, ...]:
    """Name the probes that prove this way and all else that is instrumented: see `otelkit.doctor`."""
    others = set(_PROBES.values()) - {_PROBES[way]}
    return tuple(name for name in INSTRUMENTATIONS if name not in others)


def _is_unseen(scope: MutableMapping[str, Any]) -> bool:
    return scope.get("path") in UNSEEN_PATHS
