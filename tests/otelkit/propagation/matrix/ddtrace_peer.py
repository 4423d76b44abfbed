"""The real ddtrace in a process of its own, as `python ddtrace_peer.py`: lines of JSON in, lines of JSON out.

`{"extract": headers}` is answered by what HTTPPropagator read; `{"inject": ids}` by what it writes.
"""

import json
import sys
from typing import Any

from ddtrace.propagation.http import HTTPPropagator
from ddtrace.trace import Context


def extract(headers: dict[str, str]) -> dict[str, Any]:
    """Read headers as a service with ddtrace does."""
    found = HTTPPropagator.extract(headers)  # type: ignore[no-untyped-call]  # of ddtrace
    tags = {name: value for name, value in found._meta.items() if name.startswith("_dd.p.")}
    return {
        "trace_id": found.trace_id and f"{found.trace_id:032x}",
        "span_id": found.span_id and f"{found.span_id:016x}",
        "priority": found.sampling_priority,
        "origin": found.dd_origin,
        "tags": tags,
    }


def inject(ids: dict[str, Any]) -> dict[str, str]:
    """Write the headers of a span."""
    headers: dict[str, str] = {}
    trace_id, span_id = int(ids["trace_id"], 16), int(ids["span_id"], 16)
    context = Context(trace_id, span_id, ids["origin"], ids["priority"], meta=dict(ids["tags"]))
    HTTPPropagator.inject(context, headers)
    return headers


if __name__ == "__main__":
    for line in sys.stdin:
        ((verb, given),) = json.loads(line).items()
        print(json.dumps({"extract": extract, "inject": inject}[verb](given)), flush=True)  # noqa: T201
