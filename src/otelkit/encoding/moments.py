"""Events and links of a span.

Role: the repeated messages inside `Span`. Decision: a link carries its trace state, which the SDK's encoder
leaves out; its flags say whether its context is remote, as there. Convention: `Span.Event` and `Span.Link`
of opentelemetry-proto.
"""

from collections.abc import Sequence

from opentelemetry.sdk.trace import Event
from opentelemetry.trace import Link, SpanContext
from opentelemetry.trace.span import TraceState

from otelkit.encoding.attributes import encode_attributes
from otelkit.encoding.names import Names
from otelkit.encoding.wire import (
    FIXED32,
    FIXED64,
    LENGTH,
    VARINT,
    delimited,
    fixed32,
    tag,
    time_field,
    utf8,
    varint,
)

_EVENT, _LINK = tag(11, LENGTH), tag(13, LENGTH)
_EVENT_TIME, _EVENT_ATTRIBUTES, _EVENT_DROPPED = tag(1, FIXED64), tag(3, LENGTH), tag(4, VARINT)
_LINK_ATTRIBUTES, _LINK_DROPPED = tag(4, LENGTH), tag(5, VARINT)
_LOCAL = tag(6, FIXED32) + fixed32(0x100)
_REMOTE = tag(6, FIXED32) + fixed32(0x300)
_TRACE_STATE = tag(3, LENGTH)
_names = Names(tag(2, LENGTH))


def encode_events(events: Sequence[Event]) -> bytes:
    """Encode as the `events` fields of a span."""
    return b"".join([delimited(_EVENT, _encode_event(event)) for event in events])


def encode_links(links: Sequence[Link]) -> bytes:
    """Encode as the `links` fields of a span."""
    return b"".join([delimited(_LINK, _encode_link(link)) for link in links])


def encode_plain_event(name: bytes, timestamp: int) -> bytes:
    """Encode an event without attributes as the `events` field of a span; `name` is encoded already."""
    return delimited(_EVENT, time_field(_EVENT_TIME, timestamp) + name)


def encode_event_name(name: str) -> bytes:
    """Encode the `name` field of an event."""
    return _names[name]


def encode_plain_links(links: Sequence[Link]) -> bytes:
    """Encode links without attributes as the `links` fields of a span."""
    return b"".join([delimited(_LINK, _encode_context(link.context)) for link in links])


def encode_trace_state(state: TraceState | None) -> bytes:
    """Encode as the `trace_state` field of a span or a link, which have the same number."""
    if not state:
        return b""
    return delimited(_TRACE_STATE, utf8(",".join([f"{key}={value}" for key, value in state.items()])))


def _encode_event(event: Event) -> bytes:
    body = time_field(_EVENT_TIME, event.timestamp) + _names[event.name]
    body += encode_attributes(_EVENT_ATTRIBUTES, event.attributes)
    dropped = event.dropped_attributes
    return body + _EVENT_DROPPED + varint(dropped) if dropped else body


def _encode_link(link: Link) -> bytes:
    dropped = link.dropped_attributes
    more = encode_attributes(_LINK_ATTRIBUTES, link.attributes)
    return _encode_context(link.context, more + _LINK_DROPPED + varint(dropped) if dropped else more)


def _encode_context(context: SpanContext, more: bytes = b"") -> bytes:
    # A SpanContext is a tuple by its declared type; unpacking saves a Python call for each of its properties.
    trace_id, span_id, is_remote, _, state, _ = context
    body = b"\n\x10" + trace_id.to_bytes(16, "big") + b"\x12\x08" + span_id.to_bytes(8, "big")
    if state:
        body += encode_trace_state(state)
    return body + more + (_REMOTE if is_remote else _LOCAL)
