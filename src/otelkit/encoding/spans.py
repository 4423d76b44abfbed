"""A finished span as the body of one `Span` message.

Role: called where a span ends, so it has to be cheap and must not raise. Decision: all fields are written
in one pass; where a field has a foreign type, a second, careful pass leaves out that field alone. The flags
say whether the parent is remote, as the SDK's encoder does; trace flags are not repeated there. Convention:
`Span` of opentelemetry-proto.
"""

import struct
from collections.abc import Callable

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext, SpanKind
from opentelemetry.trace.status import Status, StatusCode

from otelkit.encoding.attributes import encode_attributes
from otelkit.encoding.moments import encode_events, encode_links, encode_trace_state
from otelkit.encoding.names import Names
from otelkit.encoding.wire import FIXED64, LENGTH, VARINT, delimited, tag, time_field, utf8, varint

_PARENT = tag(4, LENGTH) + b"\x08"
_MESSAGE, _STATUS = tag(2, LENGTH), tag(15, LENGTH)
_START, _END = tag(7, FIXED64), tag(8, FIXED64)
ATTRIBUTES = tag(9, LENGTH)
_DROPPED_ATTRIBUTES, _DROPPED_EVENTS, _DROPPED_LINKS = (tag(field, VARINT) for field in (10, 12, 14))
_KINDS = {kind: tag(6, VARINT) + varint(kind.value + 1) for kind in SpanKind}
_CODES = {code: tag(3, VARINT) + varint(code.value) if code.value else b"" for code in StatusCode}
_PLAIN_STATUS = {code: delimited(_STATUS, body) for code, body in _CODES.items()}
_FLAGS_LOCAL = b"\x85\x01" + struct.pack("<I", 0x100)  # field 16: the parent's remoteness is known
_FLAGS_REMOTE = b"\x85\x01" + struct.pack("<I", 0x300)  # and it is remote
_pack_times = struct.Struct("<cQcQ").pack
_names = Names(tag(5, LENGTH))


def encode_span(span: ReadableSpan) -> bytes:
    """Encode the body of a `Span` message. Never raises; a field that cannot be written is left out."""
    try:
        return b"".join([encode(span) for encode in _FIELDS])
    except Exception:  # noqa: BLE001 - a span may hold anything; ending it must not fail
        return b"".join([_attempt(encode, span) for encode in _FIELDS])


def _attempt(encode: Callable[[ReadableSpan], bytes], span: ReadableSpan) -> bytes:
    try:
        return encode(span)
    except Exception:  # noqa: BLE001 - this field is left out
        return b""


def encode_parts(  # noqa: PLR0913, PLR0917 - called for each span: an object around them would cost
    context: SpanContext,
    parent: SpanContext | None,
    name: bytes,
    kind: SpanKind,
    start: int,
    end: int,
    rest: bytes,
) -> bytes:
    """Encode the body of a `Span` message; `name` and `rest` (attributes to status) are encoded already.

    Raises:
        Exception: something does not fit; `encode_span` leaves that field out.
    """
    times = _pack_times(_START, start, _END, end)
    flags = _FLAGS_REMOTE if parent and parent.is_remote else _FLAGS_LOCAL
    return b"".join((_encode_identity(context, parent), name, _KINDS[kind], times, rest, flags))


def encode_name(name: str) -> bytes:
    """Encode the `name` field."""
    return _names[name]


def encode_status(status: Status) -> bytes:
    """Encode the `status` field."""
    description = status.description
    if not description:
        return _PLAIN_STATUS[status.status_code]
    return delimited(_STATUS, delimited(_MESSAGE, utf8(description)) + _CODES[status.status_code])


def encode_dropped(span: ReadableSpan) -> tuple[bytes, bytes]:
    """Encode the counts of events and of links that limits have dropped; nothing for 0."""
    events, links = span.dropped_events, span.dropped_links
    return (
        _DROPPED_EVENTS + varint(events) if events else b"",
        _DROPPED_LINKS + varint(links) if links else b"",
    )


def _encode_identity(context: SpanContext, parent: SpanContext | None) -> bytes:
    # A SpanContext is a tuple by its declared type; unpacking saves a Python call for each of its properties.
    trace_id, span_id, _, _, trace_state, _ = context
    head = b"\n\x10" + trace_id.to_bytes(16, "big") + b"\x12\x08" + span_id.to_bytes(8, "big")
    if trace_state:
        head += encode_trace_state(trace_state)
    return head + _PARENT + parent.span_id.to_bytes(8, "big") if parent else head


def _encode_name(span: ReadableSpan) -> bytes:
    return _names[span.name] + _KINDS.get(span.kind, b"")


def _encode_times(span: ReadableSpan) -> bytes:
    start, end = span.start_time, span.end_time
    if start and end:
        try:
            return _pack_times(_START, start, _END, end)
        except struct.error:  # not both are numbers of 64 bits
            pass
    return time_field(_START, start) + time_field(_END, end)


def _encode_attributes(span: ReadableSpan) -> bytes:
    encoded = encode_attributes(ATTRIBUTES, span.attributes)
    dropped = span.dropped_attributes
    return encoded + _DROPPED_ATTRIBUTES + varint(dropped) if dropped else encoded


def _encode_events(span: ReadableSpan) -> bytes:
    # `span.events` copies the list twice and takes a lock, also when it is empty, which is nearly always.
    events = span._events  # noqa: SLF001 - for its length; a test holds it equal to the public one
    encoded = encode_events(span.events) if events else b""
    dropped = span.dropped_events
    return encoded + _DROPPED_EVENTS + varint(dropped) if dropped else encoded


def _encode_links(span: ReadableSpan) -> bytes:
    links = span._links  # noqa: SLF001 - as for events
    encoded = encode_links(span.links) if links else b""
    dropped = span.dropped_links
    return encoded + _DROPPED_LINKS + varint(dropped) if dropped else encoded


def _encode_flags(span: ReadableSpan) -> bytes:
    parent = span.parent
    return _FLAGS_REMOTE if parent and parent.is_remote else _FLAGS_LOCAL


_FIELDS: tuple[Callable[[ReadableSpan], bytes], ...] = (
    lambda span: _encode_identity(span.context, span.parent),
    _encode_name,
    _encode_times,
    _encode_attributes,
    _encode_events,
    _encode_links,
    lambda span: encode_status(span.status),
    _encode_flags,
)
