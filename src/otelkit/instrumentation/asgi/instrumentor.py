"""For `opentelemetry-instrument`: instruments every Starlette and FastAPI application of the process.

Decision: where contrib's instrumentation of FastAPI or Starlette is active too, its applications are left to
it, so installing this package never doubles a span. To have this one under zero-code start-up, set
OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=fastapi,starlette.
"""

from collections.abc import Collection, Iterator
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from opentelemetry.instrumentation.instrumentor import (  # type: ignore[attr-defined]  # untyped module
    BaseInstrumentor,
)

from otelkit.instrumentation.asgi.application import is_instrumented, silence_native
from otelkit.instrumentation.asgi.middleware import TelemetryMiddleware

_CLASSES = (("starlette", "Starlette"), ("fastapi", "FastAPI"))


class AsgiInstrumentor(BaseInstrumentor):  # type: ignore[misc]  # untyped base
    """Wraps the middleware stack of applications when they build it, which is at their start.

    `instrument()` takes the arguments of TelemetryMiddleware.
    """

    def instrumentation_dependencies(self) -> Collection[str]:
        """Name what must be installed."""
        return ("starlette >= 0.27",)

    def _instrument(self, **options: Any) -> None:
        for kind in _classes():
            _wrap_class(kind, options)

    def _uninstrument(self, **_: Any) -> None:
        for kind in _classes():
            kind.build_middleware_stack = kind.build_middleware_stack.__wrapped__


def _classes() -> Iterator[Any]:
    # By the modules that define them: contrib's instrumentor puts a subclass into `fastapi` itself.
    for package, name in _CLASSES:
        if find_spec(package):
            yield getattr(import_module(f"{package}.applications"), name)


def _wrap_class(kind: Any, options: dict[str, Any]) -> None:
    build = kind.build_middleware_stack

    @wraps(build)
    def build_middleware_stack(app: Any) -> Any:
        if is_instrumented(app):
            return build(app)
        silence_native(app)
        return TelemetryMiddleware(build(app), **options)

    kind.build_middleware_stack = build_middleware_stack
