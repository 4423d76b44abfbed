"""Traces and metrics of operators on kopf: why a handler was called, what it did, whose change it answers.

One INTERNAL span a handler call, `REASON PLURAL`, with the object, retry, generation and outcome; a root,
unless it is a sub-handler or an admission request that came with a context. A call that answers a change
(create, update, delete, field, admission, start, end) always has one. One that only looks (resume, event,
timer, probe) has one as soon as it does something: calls an API, logs, patches, fails; so a reconcile that
finds all well leaves nothing. Daemons and indices have none: one would not end, the other does nothing.
kopf's own API calls are HTTP client spans beneath the handler they follow from. An annotation `traceparent`
links the call to the trace of who wrote the change. Metrics: `instruments.py`. Settings: `options.py`.
Follows semantic conventions 1.44 for HTTP; they have nothing for operators, so names are `kopf.*`.
"""

from collections.abc import Collection
from typing import Any

from opentelemetry.instrumentation.instrumentor import (  # type: ignore[attr-defined]  # untyped module
    BaseInstrumentor,
)

from otelkit.instrumentation.kopf.annotations import annotate
from otelkit.instrumentation.kopf.handling import Handling
from otelkit.instrumentation.kopf.options import Options
from otelkit.instrumentation.kopf.patching import patch_kopf

__all__ = ["KopfInstrumentor", "annotate"]


class KopfInstrumentor(BaseInstrumentor):  # type: ignore[misc]  # untyped base
    """Instruments operators that start from now on; `instrument()` takes what `options.Options` names."""

    def instrumentation_dependencies(self) -> Collection[str]:
        """Versions of kopf that this was tested with; it works on what kopf does not promise to keep."""
        return ("kopf >= 1.45, < 1.46",)

    def _instrument(self, **options: Any) -> None:
        self._restore = patch_kopf(Handling(Options(**options)))

    def _uninstrument(self, **_: Any) -> None:
        self._restore()
