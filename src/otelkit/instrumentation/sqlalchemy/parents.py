"""What happened so far under each span that is current while queries run: repetitions and failed attempts.

Kept by the span object as long as the application keeps that, sampled or not, so that findings count alike.
"""

from collections import Counter
from dataclasses import dataclass, field
from weakref import ref

from opentelemetry.trace import Span, SpanContext

SUMMARIES_PER_PARENT = 1000


@dataclass
class Parent:
    """The history of one span."""

    span: "ref[Span]"
    repetitions: Counter[str] = field(default_factory=Counter)
    starved: bool = False
    failed_attempts: int = 0
    last_attempt: SpanContext | None = None


class Parents(dict[int, Parent]):
    """Histories by the identity of a span, which is checked: identities come again."""

    def of(self, span: Span) -> Parent:
        """Give the history of a span, a new one when it has none."""
        parent = self.get(id(span))
        return parent if parent is not None and parent.span() is span else self._begin(span)

    def _begin(self, span: Span) -> Parent:
        key = id(span)

        def forget(gone: "ref[Span]") -> None:
            held = self.get(key)
            if held is not None and held.span is gone:
                self.pop(key, None)

        self[key] = parent = Parent(ref(span, forget))
        return parent
