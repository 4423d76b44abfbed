"""Fuzzed traceparent, tracestate and baggage against a running http-fastapi: none is misread, none hurts.

Every request has its own path, by which its server span is found at the receiver and held against a second
reading of its headers (hostile_reference.py). Options: --count 100000, --seed 7. HTTP_INSTRUMENTATION names
another way than lean; contrib's getter loses a header that has bytes which it cannot decode.
"""

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.report import Row
from otelkit.receiver import Receiver
from otelkit.redaction import AllowList, redact_text
from otelkit.testing.endpoint import environment_for
from tests.e2e.drills.hostile_arrivals import Arrived
from tests.e2e.drills.hostile_client import Client, accepted_bytes
from tests.e2e.drills.hostile_fuzz import CANARY, KEY, Fuzzer
from tests.e2e.drills.service import Service

_CONNECTIONS = 4
_SERVER_ERROR = 500


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="requests in all (default %(default)s)")
    parser.add_argument("--seed", default="7", help="for the headers (default %(default)s)")
    options = parser.parse_args(arguments)
    arrived = Arrived()
    receiver = Receiver(arrived.accept)
    receiver.start()
    environment = environment_for(receiver.grpc_port, receiver.http_port, "grpc") | {
        "HTTP_INSTRUMENTATION": os.environ.get("HTTP_INSTRUMENTATION", "lean"),
        "OTEL_TRACES_SAMPLER": "always_on",  # a caller's flags would leave most requests without a span
        "OTELKIT_ALLOW_BAGGAGE": KEY,
        "HTTP_FASTAPI_MAX_TURN_SECONDS": "60",  # what the service does under load is another drill's matter
    }
    try:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "log"
            with log.open("wb") as output, Service(environment, output=output) as service:
                clients, seconds = _flood(service.port, options.count, options.seed)
                service.end(timeout_seconds=30)
            arrived.leaks += log.read_bytes().count(CANARY.encode())
    finally:
        receiver.stop()
    return _rows(options.count, clients, arrived, seconds)


def _flood(port: int, count: int, seed: str) -> tuple[list[Client], float]:
    accepted, start = accepted_bytes(port), time.monotonic()
    shares = [range(count * n // _CONNECTIONS, count * (n + 1) // _CONNECTIONS) for n in range(_CONNECTIONS)]
    clients = [Client(port, share, Fuzzer(f"{seed} {share.start}", accepted)) for share in shares]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return clients, time.monotonic() - start


def _rows(count: int, clients: Sequence[Client], arrived: Arrived, seconds: float) -> list[Row]:
    statuses = sum((client.statuses for client in clients), Counter[int]())
    wanted = {number: want for client in clients for number, want in client.wanted.items()}
    pairs = [(want, arrived.spans[number]) for number, want in wanted.items() if number in arrived.spans]
    continued = sum(want.parent is not None for want in wanted.values())
    return [
        Row("requests sent", len(wanted), count, "requests", "higher"),
        Row("of these with a valid parent", continued, None, "requests", "higher"),
        Row("without an answer", len(wanted) - statuses.total(), 0, "requests", "lower"),
        Row(
            "answered 5xx",
            sum(n for code, n in statuses.items() if code >= _SERVER_ERROR),
            0,
            "requests",
            "lower",
        ),
        Row("without a server span", len(wanted) - len(pairs), 0, "requests", "lower"),
        Row("invalid parent", sum(g.parent not in (None, w.parent) for w, g in pairs), 0, "spans", "lower"),
        Row("valid parent not continued", sum(w.parent != g.parent for w, g in pairs), 0, "spans", "lower"),
        Row("tracestate misread", sum(w.state != g.state for w, g in pairs), 0, "spans", "lower"),
        Row("baggage misread", sum(_redacted(w.baggage) != g.baggage for w, g in pairs), 0, "spans", "lower"),
        Row("baggage in spans, logs or metrics unasked", arrived.leaks, 0, "values", "lower"),
        Row("rate", round(len(wanted) / seconds), None, "requests/s", "higher"),
    ]


def _redacted(baggage: str | None) -> str | None:
    """The value as it is exported: where it looks like a query or a token, that much is cut out."""
    return None if baggage is None else redact_text(baggage, AllowList())
