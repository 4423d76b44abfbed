"""The span processors of a provider, each called only where it does something.

Decision: which of its hooks a processor has is found once, when it is added. What ends in our exporter gets
our span itself (`DirectEnd`), every other processor the read-only span that the SDK would have given it, in
the order in which they were added. Convention: "Span processor" of the trace SDK's specification.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, SynchronousMultiSpanProcessor

from otelkit.export import DirectSpanProcessor
from otelkit.redaction import RedactingSpanProcessor
from otelkit.self_metrics import SpanTallies
from otelkit.spans.direct import DirectEnd

if TYPE_CHECKING:
    from otelkit.spans.span import CheapSpan

_IDLE_ON_START = (SpanProcessor.on_start, DirectSpanProcessor.on_start)


class Chain(SynchronousMultiSpanProcessor):
    """Calls processors in turn; `starts`, `endings`, `looks` and `ends` are what there is to call."""

    def __init__(self, tallies: SpanTallies | None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the SDK's is not annotated
        self._count_end = tallies.on_end if tallies else None
        self.starts: tuple[Callable[..., None], ...] = ()
        self.endings: tuple[Callable[[Span], None], ...] = ()
        self.looks: tuple[Callable[[ReadableSpan], None], ...] = ()  # on_end of those that need no copy
        self.ends: tuple[tuple[DirectEnd | None, Callable[[ReadableSpan], None]], ...] = ()

    def add_span_processor(self, span_processor: SpanProcessor) -> None:
        """Add one at the end."""
        super().add_span_processor(span_processor)
        with self._lock:
            if _acts_on_start(span_processor):
                self.starts += (span_processor.on_start,)
            if _acts_on_ending(span_processor):
                self.endings += (span_processor._on_ending,)  # noqa: SLF001 - the SDK's hook, not public yet
            if getattr(span_processor, "reads_live_spans", False):
                self.looks += (span_processor.on_end,)
                return
            self.ends += ((_find_direct_end(span_processor), span_processor.on_end),)

    def end(self, span: "CheapSpan") -> None:
        """Hand on a span of ours that has ended."""
        if self._count_end:
            self._count_end(span)
        for ending in self.endings:
            ending(span)
        for look in self.looks:
            look(span)
        readable: ReadableSpan | None = None
        for direct, on_end in self.ends:
            if direct:
                direct.take(span)
            else:
                readable = readable or span.as_readable()
                on_end(readable)

    def on_end(self, span: ReadableSpan) -> None:
        """Hand on a span that took the SDK's path."""
        if self._count_end:
            self._count_end(span)
        super().on_end(span)


def _find_direct_end(processor: SpanProcessor) -> DirectEnd | None:
    if (
        type(processor) is not RedactingSpanProcessor
        or type(processor.next_processor) is not DirectSpanProcessor
    ):
        return None
    return DirectEnd(processor, processor.next_processor.exporter)


def _acts_on_start(processor: SpanProcessor) -> bool:
    if type(processor) is RedactingSpanProcessor:
        return _acts_on_start(processor.next_processor)
    return "on_start" in vars(processor) or type(processor).on_start not in _IDLE_ON_START


def _acts_on_ending(processor: SpanProcessor) -> bool:
    if type(processor) is RedactingSpanProcessor:
        return _acts_on_ending(processor.next_processor)
    return "_on_ending" in vars(processor) or type(processor)._on_ending is not SpanProcessor._on_ending  # noqa: SLF001 - as above
