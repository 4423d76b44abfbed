"""From a finished span to the exporter's queue: redacted and encoded in one pass, without a copy.

Decision: only our own spans with plain attributes come here, and anything unexpected (a time that is no
number, a resource that cannot be encoded) sends the span the ordinary way, through the processors, which
cope. Convention: `Span` of opentelemetry-proto, and the redaction that `otelkit.redaction` describes.
"""

from typing import TYPE_CHECKING, Any

from otelkit.encoding.envelope import frame
from otelkit.encoding.moments import encode_events, encode_links
from otelkit.encoding.names import LONGEST_NAME, NAMES
from otelkit.encoding.spans import ATTRIBUTES, encode_dropped, encode_name, encode_parts, encode_status
from otelkit.export import WaitingSpanExporter
from otelkit.redaction import RedactingSpanProcessor
from otelkit.redaction.attributes import AttributeRedactor
from otelkit.redaction.spans import redact_event, redact_link, redact_name, redact_status
from otelkit.spans.redacted_pairs import NeedsSiblingsError, RedactedPairs

if TYPE_CHECKING:
    from otelkit.spans.span import CheapSpan

NOTHING: tuple[Any, ...] = ()  # the events and links of a span that has had none


class DirectEnd:
    """Does for our spans what a RedactingSpanProcessor before a DirectSpanProcessor does for all."""

    def __init__(self, processor: RedactingSpanProcessor, exporter: WaitingSpanExporter) -> None:
        self._processor = processor
        self._offer = exporter.offer_loose
        self._redactor = processor.redactor
        self._pairs = RedactedPairs(processor.redactor)
        self._names = _RedactedNames(processor.redactor)

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
            rest += self._encode_moments(span)
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

    def _encode_moments(self, span: "CheapSpan") -> bytes:
        dropped_events, dropped_links = encode_dropped(span)
        events = encode_events([redact_event(event, self._redactor) for event in span.events])
        links = encode_links([redact_link(link, self._redactor) for link in span.links])
        return events + dropped_events + links + dropped_links


class _RedactedNames(dict[str, bytes]):
    """From the name of a span to its encoded field; names that hold nothing to redact are kept."""

    def __init__(self, redactor: AttributeRedactor) -> None:
        super().__init__()
        self._allow = redactor.allow

    def __missing__(self, name: str) -> bytes:
        redacted = redact_name(name, self._allow)
        field = encode_name(redacted)
        if redacted == name and type(name) is str and len(name) <= LONGEST_NAME:
            if len(self) >= NAMES:
                self.clear()
            self[name] = field
        return field
