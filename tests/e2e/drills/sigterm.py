"""SIGTERM under load: every order that a client saw accepted has its spans, log and count.

`--rounds` services are ended while eight clients order. An order counts as lost when its
server span, its `store order` span or its log record did not arrive, or when the counter's
last value differs from the number of orders stored. Then the same with no Collector, where
only the time to exit counts.
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence

from bench.report import Row
from otelkit.testing.ports import free_port
from otelkit.testing.sink import Sink
from tests.e2e.drills.service import Service

LOAD_SECONDS = 1.0
CLIENTS = 8
EXIT_SECONDS, EXIT_SECONDS_WITHOUT_COLLECTOR = 5.0, 10.0


def end_under_load(environment: dict[str, str]) -> tuple[list[str], float]:
    """Run one service for a second of load; the accepted trace ids and the seconds it took to exit."""
    with Service(environment) as service:
        clients = service.order_until_refused(CLIENTS)
        time.sleep(LOAD_SECONDS)
        exit_seconds = service.end(timeout_seconds=30)
        for client in clients:
            client.join()
    return service.accepted, exit_seconds


def lost(sink: Sink, accepted: list[str]) -> Counter[str]:
    """Count what is missing at the sink, by signal."""
    spans = {(span.trace_id, span.name) for span in sink.spans()}
    logged = {record.trace_id for record in sink.logs() if record.body == "order accepted"}
    stored = sum(name == "store order" for _, name in spans)
    counted = max((point.value or 0 for point in sink.metrics("shop.orders.created")), default=0)
    return Counter(
        {
            "spans": sum(
                (trace, name) not in spans for trace in accepted for name in ("POST /orders", "store order")
            ),
            "logs": len(set(accepted) - logged),
            "metric points": abs(stored - int(counted)),
        }
    )


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args(arguments).rounds
    orders, missing, exits, exits_alone = 0, Counter[str](), [], []
    for _ in range(rounds):
        with Sink() as sink:
            accepted, exit_seconds = end_under_load(sink.environment())
            missing.update(lost(sink, accepted))
            orders += len(accepted)
            exits.append(exit_seconds)
        nowhere = f"http://127.0.0.1:{free_port()}"
        exits_alone.append(end_under_load({"OTEL_EXPORTER_OTLP_ENDPOINT": nowhere})[1])
    return [
        Row("services ended", rounds, None, "exits", "higher"),
        Row("orders accepted", orders, rounds, "orders", "higher"),
        *(Row(f"{what} lost", count, 0, what, "lower") for what, count in sorted(missing.items())),
        Row("slowest exit", round(max(exits), 2), EXIT_SECONDS, "s", "lower"),
        Row(
            "slowest exit without a Collector",
            round(max(exits_alone), 2),
            EXIT_SECONDS_WITHOUT_COLLECTOR,
            "s",
            "lower",
        ),
    ]
