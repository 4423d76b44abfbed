"""From a finished span to the exporter's queue: redacted and encoded in one pass, without a copy.

Decision: only our own spans with plain attributes come here, and anything unexpected (a time that is no
number, a resource that cannot be encoded) sends the span the ordinary way, through the processors, which
cope. Convention: `Span` of opentelemetry-proto, and the redaction that `otelkit.redaction` describes.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from opentelemetry.sdk.util import BoundedList

from otelkit.encoding.envelope import frame
from otelkit.encoding.moments import (
    encode_event_name,
    encode_events,
    encode_links,
    encode_plain_event,
    encode_plain_links,
)
from otelkit.encoding.names import LONGEST_NAME, NAMES
from otelkit.encoding.spans import ATTRIBUTES, encode_dropped, encode_name, encode_parts, encode_status
from otelkit.export import WaitingSpanExporter
from otelkit.redaction import RedactingSpanProcessor
from otelkit.redaction.spans import redact_event, redact_link, redact_name, redact_status
from otelkit.redaction.text import redact_text
from otelkit.spans.redacted_pairs import NeedsSiblingsError, RedactedPairs

if TYPE_CHECKING:
    from otelkit.spans.span import CheapSpan


class DirectEnd:
    """Does for our spans what a RedactingSpanProcessor before a DirectSpanProcessor does for all."""

    def __init__(self, processor: RedactingSpanProcessor, exporter: WaitingSpanExporter) -> None:
        self._processor = processor
        self._offer = exporter.offer_loose
        self._redactor = processor.redactor
        self._pairs = RedactedPairs(processor.redactor)
        allow = processor.redactor.allow
        self._names = _RedactedNames(lambda name: redact_name(name, allow), encode_name)
        self._event_names = _RedactedNames(lambda name: redact_text(name, allow), encode_event_name)

    def take(self, span: "CheapSpan") -> None:
        """Redact, encode and queue a sampled span."""
        if not span.context.trace_flags & 1:
            return
        try:
            loose = span.origin.address, self._encode(span)
        except Exception:  # noqa: BLE001 - something is out of the ordinary
            self._processor.on_end(span.as_readable())
            return
        self._offer(loose)

    def _encode(self, span: "CheapSpan") -> bytes:
        fields = vars(span)
        attributes = fields["_attributes"]
        rest = self._encode_attributes(attributes) if attributes else b""
        if "_events" in fields or "_links" in fields:
            rest += self._encode_moments(span, fields.get("_events", ()), fields.get("_links", ()))
        rest += encode_status(redact_status(span.status, self._redactor.allow))
        name = self._names[fields["_name"]]
        times = fields["_start_time"], fields["_end_time"]
        return frame(encode_parts(fields["_context"], fields["_parent"], name, fields["_kind"], *times, rest))

    def _encode_attributes(self, attributes: dict[str, Any]) -> bytes:
        by_class = self._pairs
        try:
            pairs = [by_class[type(value)][key][value] for key, value in attributes.items()]
        except NeedsSiblingsError:
            pairs = [by_class.encode(key, value, attributes) for key, value in attributes.items()]
        return ATTRIBUTES + ATTRIBUTES.join(pairs)

    def _encode_moments(self, span: "CheapSpan", events: Any, links: Any) -> bytes:
        # Those without attributes are encoded as they were kept; see otelkit.spans.moments.
        dropped_events, dropped_links = encode_dropped(span)
        if type(events) is BoundedList:
            of_events = encode_events([redact_event(event, self._redactor) for event in events])
        else:
            of_events = b"".join([encode_plain_event(self._event_names[name], at) for name, at in events])
        if type(links) is BoundedList:
            of_links = encode_links([redact_link(link, self._redactor) for link in links])
        else:
            of_links = encode_plain_links(links)
        return of_events + dropped_events + of_links + dropped_links


class _RedactedNames(dict[str, bytes]):
    """From a name of a span or an event to its encoded field; names that hold nothing to redact are kept."""

    def __init__(self, redact: Callable[[str], str], encode: Callable[[str], bytes]) -> None:
        super().__init__()
        self._redact, self._encode = redact, encode

    def __missing__(self, name: str) -> bytes:
        redacted = self._redact(name)
        field = self._encode(redacted)
        if redacted == name and type(name) is str and len(name) <= LONGEST_NAME:
            if len(self) >= NAMES:
                self.clear()
            self[name] = field
        return field
