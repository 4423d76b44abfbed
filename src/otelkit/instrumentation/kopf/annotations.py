"""The annotation that says who wrote an object: read as a link, written for the next reader.

A link and no parent: one change is answered by many calls, retries and restarts, some of them days later,
and one call answers several changes. A context that was answered before is not linked again: who changes an
object without the annotation would otherwise be taken for the one who changed it before.
"""

from collections import OrderedDict
from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import Link, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from otelkit.instrumentation.kopf.options import annotation_name

_PROPAGATOR = TraceContextTextMapPropagator()
_MOST_OBJECTS = 10_000


def annotate(annotations: dict[str, str], context: Context | None = None) -> dict[str, str]:
    """Write the context, the current one by default, into annotations of an object that is to be written."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier, context)
    name = annotation_name()
    if name and "traceparent" in carrier:
        annotations[name] = carrier["traceparent"]
    return annotations


class Writers:
    """Remembers whose changes were answered."""

    def __init__(self, annotation: str) -> None:
        self._annotation = annotation
        self._answered: OrderedDict[tuple[str, str], str] = OrderedDict()

    def find(self, cause: Any, handler_id: str) -> str:
        """Give the `traceparent` of a writer that the handler has not answered yet, or an empty string."""
        metadata = cause.body.get("metadata") or {}
        written: str = (metadata.get("annotations") or {}).get(self._annotation, "")
        known = self._answered.get((metadata.get("uid", ""), handler_id))
        return "" if written == known else written

    def note(self, cause: Any, handler_id: str) -> None:
        """Remember that the writer is answered."""
        metadata = cause.body.get("metadata") or {}
        written = (metadata.get("annotations") or {}).get(self._annotation)
        if written is None:
            return
        key = (metadata.get("uid", ""), handler_id)
        self._answered[key] = written
        self._answered.move_to_end(key)
        if len(self._answered) > _MOST_OBJECTS:
            self._answered.popitem(last=False)


def link_to(traceparent: str) -> list[Link]:
    """Give the link to a writer; none for a value that is no `traceparent`."""
    if not traceparent:
        return []
    found = _PROPAGATOR.extract({"traceparent": traceparent}, Context())
    writer = get_current_span(found).get_span_context()
    return [Link(writer)] if writer.is_valid else []
