"""Server-sent events as bytes, and as the OpenAPI document describes them.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from http_fastapi.subscription import Change

RETRY = b"retry: 3000\n\n"  # milliseconds until a client that lost its connection comes again
KEEP_ALIVE = b": keep-alive\n\n"
RESET = b'event: reset\ndata: {"detail": "Changes were missed. List the orders anew."}\n\n'
DROPPED = b'event: dropped\ndata: {"detail": "You did not keep up. Connect anew and list the orders."}\n\n'

# A schema of an event stream is that of one event; OpenAPI 3.2 will say so as `itemSchema`.
_EVENT = {
    "type": "object",
    "required": ["data"],
    "properties": {
        "id": {"type": "string", "description": "What `Last-Event-ID` takes; not with reset and dropped."},
        "event": {
            "enum": ["order.accepted", "order.confirmed", "order.failed", "order.paid", "reset", "dropped"]
        },
        "data": {"type": "string", "contentMediaType": "application/json"},
        "retry": {"type": "integer"},
    },
}
_EXAMPLE = """\
retry: 3000

id: 5f0c81aa-42
event: order.confirmed
data: {"id":"6f1e","item":"tea","quantity":2,"status":"confirmed","payment_id":null}

"""
EVENTS = {"schema": _EVENT, "example": _EXAMPLE}


def frame_of(change: Change) -> bytes:
    """A change as one event."""
    return f"id: {change.id}\nevent: {change.name}\ndata: {change.json}\n\n".encode()
