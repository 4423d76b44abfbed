"""`python -m tests.e2e.drills [NAME [OPTION ...]]`: one drill, or all of them in full length.

Prints one table and, with JSON=FILE, writes its rows; exit code 1 when a target is missed.
"""

import importlib
import sys
from dataclasses import replace

from bench.report import publish

DRILLS = {
    "backends_killed": "backend killed",
    "collector_outage": "Collector killed",
    "database_kills": "PostgreSQL killed",
    "grpc_cancelled": "gRPC, cancelled streams",
    "grpc_fuzzed": "gRPC, fuzzed",
    "grpc_memory": "gRPC, memory",
    "hostile_headers": "hostile headers",
    "hostile_payloads": "hostile OTLP",
    "nats_fuzzed": "NATS, fuzzed",
    "nats_kills": "NATS killed",
    "operator_faults": "operator, faults of the API",
    "overload": "5 times overload",
    "rabbitmq_fuzzed": "RabbitMQ, fuzzed",
    "rabbitmq_kills": "RabbitMQ killed",
    "sigterm": "SIGTERM under load",
    "sustained_spans": "steady load",
    "two_backends": "one of two backends",
}


def main(arguments: list[str]) -> int:
    """Run what the arguments name."""
    name, options = (arguments[0].replace("-", "_"), arguments[1:]) if arguments else (None, [])
    if name not in {None, *DRILLS}:
        sys.exit(f"no drill {name!r}; there are {', '.join(DRILLS)}")
    rows = []
    for drill in [name] if name else DRILLS:
        print(f"drill: {drill} ...", flush=True)
        measured = importlib.import_module(f"tests.e2e.drills.{drill}").measure(options)
        rows += [replace(row, case=f"{DRILLS[drill]}: {row.case}") for row in measured]
    return publish(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
