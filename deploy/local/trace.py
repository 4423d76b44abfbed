"""`make trace`: one real request, and the tree of its trace as it comes back out of the backend.

The request carries a traceparent of our own, sampled, so the trace is found by its id and nothing is guessed.
W3C Trace Context, section 3.2 (traceparent).
"""

import http.client
import json
import secrets
import time
from dataclasses import replace
from urllib.parse import urlsplit

from deploy.local.parts import Part
from deploy.local.settings import StackError
from deploy.local.state import Record
from otelkit.traces import Span, TempoClient, TempoError, render_tree

SERVICE = "http-fastapi"
ORDER = {"item": "lamp", "quantity": 2}
TRACE_SECONDS = 15.0


def show_trace(record: Record) -> None:
    """Send one order, wait for its trace in the backend, print it. Raises StackError when either fails."""
    parts = {part.name: part for part in record.parts}
    trace_id, parent_id = secrets.token_hex(16), secrets.token_hex(8)
    begun = time.monotonic()
    status = _post_order(parts[SERVICE], f"00-{trace_id}-{parent_id}-01")
    try:
        spans = TempoClient(parts["viewer"].address).wait_for_trace(
            trace_id, TRACE_SECONDS, until=_has_server_span
        )
    except TempoError as error:
        raise StackError(f"{error}\n(make status, make logs SERVICE={SERVICE})") from error
    seconds = time.monotonic() - begun
    print(f"POST {parts[SERVICE].address}/orders -> {status}; read back after {seconds:.1f} s:\n")
    # Our own traceparent is the root's parent; nobody sent a span for it, so the tree would miss it.
    rooted = [
        replace(span, parent_span_id="") if span.parent_span_id == parent_id else span for span in spans
    ]
    print("\n".join(f"    {line}" for line in render_tree(rooted).splitlines()))
    print(f"\ntrace {trace_id}: {parts['viewer'].address}/trace/{trace_id}", flush=True)


def _has_server_span(spans: list[Span]) -> bool:
    # Children end before their parents, so with the outermost span the rest is there as well.
    return any(span.kind == "SERVER" for span in spans)


def _post_order(service: Part, traceparent: str) -> int:
    address = urlsplit(service.address)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    headers = {"traceparent": traceparent, "content-type": "application/json"}
    try:
        connection.request("POST", "/orders", json.dumps(ORDER), headers)
        response = connection.getresponse()
        body = response.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise StackError(f"{SERVICE} does not answer at {service.address}: {error} (make status)") from error
    finally:
        connection.close()
    if response.status >= http.HTTPStatus.BAD_REQUEST:
        raise StackError(f"{SERVICE} refused the order with {response.status}: {body}")
    return response.status
