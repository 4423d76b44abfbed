"""The smoke test's request: a span of its own around it, so that it knows the trace id to look for."""

import json
import urllib.request
from uuid import uuid4

from opentelemetry import propagate, trace

_SECONDS = 10.0
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is this process that it asks


def send_request(address: str) -> str:
    """Ask for a quote, under a reference that nobody else has; gives the trace id. Raises OSError."""
    wanted = {"item": "tea", "quantity": 100_000, "reference": str(uuid4())}
    with trace.get_tracer(__name__).start_as_current_span("smoke test") as span:
        headers = {"Content-Type": "application/json"}
        propagate.inject(headers)
        request = urllib.request.Request(f"{address}/quotes", json.dumps(wanted).encode(), headers)  # noqa: S310 - ours
        with _direct.open(request, timeout=_SECONDS) as response:
            response.read()
    return format(span.get_span_context().trace_id, "032x")
