"""Sees how requests end: a sampler is asked when a span begins, and only a processor hears of its end.

Decision: a request is a span without a parent in this process, known by the name it had when it began, which
is all that the sampler knew. What was not sampled is not seen, but requests of one name are sampled alike, so
the share of errors is the same. Convention: "Span processor" of the trace SDK's specification.
"""

from collections.abc import Callable

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import StatusCode

OPEN_REQUESTS = 10_000


class RequestWatch(SpanProcessor):
    """Tells `observe` of each request its name and whether it failed."""

    reads_live_spans = True  # so that otelkit.spans need not make a read-only copy for it

    def __init__(self, observe: Callable[[str, bool], None]) -> None:
        self._observe = observe
        self._names: dict[int, str] = {}

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Remember the name of a request."""
        parent = span.parent
        if parent is None or parent.is_remote:
            if len(self._names) >= OPEN_REQUESTS:  # spans that are never ended
                self._names.clear()
            self._names[span.get_span_context().span_id] = span.name

    def on_end(self, span: ReadableSpan) -> None:
        """Tell of a request."""
        context = span.context
        name = self._names.pop(context.span_id, None) if context else None
        if name is not None:
            self._observe(name, span.status.status_code is StatusCode.ERROR)
