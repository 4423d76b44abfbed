"""The annotation that says who wrote an object: read as a link, written for the next reader.

A link and no parent: one change is answered by many calls, retries and restarts, some of them days later,
and one call answers several changes. An annotation speaks for the generation of the object that it came
with: who changes an object and says nothing would otherwise be taken for the one who changed it before.
"""

from collections import OrderedDict
from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import Link, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from otelkit.instrumentation.kopf.describing import metadata_of
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
    """Remembers with which generation of an object its annotation came, until the object is gone."""

    def __init__(self, annotation: str) -> None:
        self._annotation = annotation
        self._known: OrderedDict[str, tuple[str, Any]] = OrderedDict()

    def find(self, cause: Any) -> str:
        """Give the `traceparent` of who wrote what a call is about, or an empty string."""
        metadata = metadata_of(cause)
        written: str = (metadata.get("annotations") or {}).get(self._annotation, "")
        if not written:
            return ""
        uid = metadata.get("uid", "")
        generation = metadata.get("generation") or metadata.get("resourceVersion")
        is_gone = getattr(cause, "type", None) == "DELETED"
        known = self._known.pop(uid, None) if is_gone else self._known.get(uid)
        if known is None or known[0] != written:
            if not is_gone:
                self._remember(uid, written, generation)
            return written
        return written if known[1] == generation else ""

    def _remember(self, uid: str, written: str, generation: Any) -> None:
        self._known[uid] = written, generation
        self._known.move_to_end(uid)
        if len(self._known) > _MOST_OBJECTS:
            self._known.popitem(last=False)


def link_to(traceparent: str) -> list[Link]:
    """Give the link to a writer; none for a value that is no `traceparent`."""
    if not traceparent:
        return []
    found = _PROPAGATOR.extract({"traceparent": traceparent}, Context())
    writer = get_current_span(found).get_span_context()
    return [Link(writer)] if writer.is_valid else []
