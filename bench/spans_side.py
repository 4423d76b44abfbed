"""What a span costs its caller under configure(), whoever makes it: `python -m bench.spans_side SIDE`.

SIDE is the value of OTELKIT_SPANS: `cheap` or `sdk`. Redaction, encoding and the queue are those of every
service; nothing listens at the other end. Prints one JSON object: microseconds of processor time, the best of
some rounds.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Callable

from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, Tracer, set_span_in_context

from otelkit import configure

SPANS, ROUNDS = 4_000, 7
ENVIRONMENT = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
    "OTELKIT_EXPORT_QUEUE_BYTES": str(2**30),
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
}


def given(number: int) -> dict[str, str | int | float]:
    """Six attributes, of which two are seldom the same."""
    return {
        "http.request.method": "GET",
        "http.route": "/orders/{order_id}",
        "url.scheme": "http",
        "url.path": f"/orders/{number}",
        "server.port": 8000,
        "shop.order.total": number / 7,
    }


def recorded(tracer: Tracer, number: int) -> None:
    """A span from its start to the queue, with two attributes more."""
    span = tracer.start_span("GET /orders/{order_id}", attributes=given(number))
    span.set_attribute("http.response.status_code", 200)
    span.set_attribute("shop.order.paid", True)
    span.end()


def dropped(tracer: Tracer, number: int) -> None:
    """A span that the sampler drops because its parent was."""
    tracer.start_span("GET /orders/{order_id}", UNSAMPLED, attributes=given(number)).end()


UNSAMPLED = set_span_in_context(
    NonRecordingSpan(SpanContext(1, 2, is_remote=True, trace_flags=TraceFlags(0)))
)


def bare(_: Tracer, number: int) -> None:
    """What both take for the benchmark itself."""
    given(number)


def microseconds(work: Callable[[Tracer, int], None]) -> float:
    """The least processor time of one call."""
    tracer, taken = trace.get_tracer("bench"), []
    for _ in range(ROUNDS):
        start = time.process_time()
        for number in range(SPANS):
            work(tracer, number)
        taken.append(time.process_time() - start)
    return min(taken) / SPANS * 1e6


if __name__ == "__main__":
    os.environ.update(ENVIRONMENT, OTELKIT_SPANS=sys.argv[1])
    configure("bench")
    logging.disable()  # that nothing listens is known
    own = microseconds(bare)
    print(json.dumps({work.__name__: microseconds(work) - own for work in (recorded, dropped)}), flush=True)
    os._exit(0)  # what waits is not worth waiting for
