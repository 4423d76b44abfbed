"""OpenTelemetry's process-wide state back as it was at start, so that each test configures its own.

The API sets a provider once per process on purpose; upstream resets it with `opentelemetry-test-utils`, which
forgets providers without ending them, so the same module globals are set here. Checked against
opentelemetry-api 1.45: `trace`, `metrics._internal` and `_logs._internal` each hold a provider, its set-once
guard and a proxy. The proxies are renewed too, because they keep what was asked of them.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry._logs import _internal as logs
from opentelemetry.instrumentation import _semconv
from opentelemetry.instrumentation.instrumentor import (  # type: ignore[attr-defined]  # untyped module
    BaseInstrumentor,
)
from opentelemetry.metrics import _internal as metrics
from opentelemetry.util._once import Once

_HOMES: tuple[tuple[Any, str, type], ...] = (
    (trace, "TRACER", trace.ProxyTracerProvider),
    (metrics, "METER", metrics._ProxyMeterProvider),  # noqa: SLF001 - see the module's docstring
    (logs, "LOGGER", logs.ProxyLoggerProvider),
)


def reset_telemetry() -> None:
    """Uninstrument, shut down and forget providers, restore propagators, forget otelkit's configuration.

    What a provider still had to export is flushed by its own `shutdown`, within that one's bounds.
    """
    ended = _forget_configuration()
    for instrumentor in _instrumented():
        instrumentor.uninstrument()
    for module, name, proxy in _HOMES:
        _forget_provider(module, name, proxy, ended=ended)
    propagate.set_global_textmap(propagate._load_propagators())  # noqa: SLF001 - what its import does
    # OTEL_SEMCONV_STABILITY_OPT_IN is read once per process
    _semconv._OpenTelemetrySemanticConventionStability._initialized = False  # noqa: SLF001 - no public reset


@contextmanager
def fresh_telemetry() -> Iterator[None]:
    """Reset before and after; after, also drop OTEL* variables that were added, and restore log levels."""
    reset_telemetry()
    names = {name for name in os.environ if name.startswith("OTEL")}
    levels = {logger: logger.level for logger in map(logging.getLogger, ("", "opentelemetry"))}
    yield
    reset_telemetry()
    for name in [name for name in os.environ if name.startswith("OTEL") and name not in names]:
        del os.environ[name]
    for logger, level in levels.items():
        logger.setLevel(level)


def _forget_configuration() -> bool:
    """Forget otelkit's own start-up; True when that shut the providers down."""
    startup: Any = sys.modules.get("otelkit.startup")
    if startup is None or not startup._configured:  # noqa: SLF001 - made for this
        return False
    startup._forget_configuration()  # noqa: SLF001 - made for this
    return True


def _instrumented() -> Iterator[Any]:
    waiting = list(BaseInstrumentor.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        instance = kind._instance  # noqa: SLF001 - asking kind() would create one
        if instance is not None and instance.is_instrumented_by_opentelemetry:
            yield instance


def _forget_provider(module: Any, name: str, proxy: type, *, ended: bool) -> None:
    provider = getattr(module, f"_{name}_PROVIDER")
    if hasattr(provider, "shutdown") and not ended:  # a second shutdown would log a warning
        provider.shutdown()
    setattr(module, f"_{name}_PROVIDER", None)
    setattr(module, f"_{name}_PROVIDER_SET_ONCE", Once())
    setattr(module, f"_PROXY_{name}_PROVIDER", proxy())
