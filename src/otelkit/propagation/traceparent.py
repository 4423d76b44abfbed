"""The `traceparent` header.

Whatever is not exactly valid is None, and the trace begins anew. A higher version is read as far as version
00 goes, and only the flags that Level 2 knows are kept, so that unknown ones go out as zero
(https://www.w3.org/TR/trace-context-2/#versioning-of-traceparent, #other-flags).
"""

import re

from opentelemetry.trace import SpanContext, TraceFlags

LENGTH = 55
KNOWN_FLAGS = TraceFlags.SAMPLED | TraceFlags.RANDOM_TRACE_ID
_FLAGS = {f"{flags:02x}": TraceFlags(flags & KNOWN_FLAGS) for flags in range(256)}
_FIELDS = re.compile("(?!ff)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def parse_traceparent(header: str) -> tuple[int, int, TraceFlags] | None:
    """Read trace id, parent id and flags; None unless the header is valid."""
    if len(header) != LENGTH:
        header = header.strip(" \t")  # RFC 9110 section 5.5; HTTP servers do it, brokers do not
        is_higher = header[LENGTH : LENGTH + 1] == "-" and header[:2] != "00"
        if len(header) != LENGTH and not is_higher:
            return None
    if not _FIELDS.match(header):
        return None
    trace_id, parent_id = int(header[3:35], 16), int(header[36:52], 16)
    if not trace_id or not parent_id:
        return None
    return trace_id, parent_id, _FLAGS[header[53:LENGTH]]


def format_traceparent(context: SpanContext) -> str:
    """Write version 00; the context must be valid."""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags & KNOWN_FLAGS:02x}"
