"""`python -m bench [NAME ...]`: measure, print a table, with JSON=FILE also write its rows."""

import importlib
import sys

from bench.report import publish

BENCHMARKS = {
    "export": "bench.export",
    "histograms": "bench.histograms",
    "collector": "bench.collector",
    "grpc-four-modes": "bench.grpc_four_modes",
    "http-fastapi": "bench.http_fastapi",
    "nats-jetstream": "bench.nats_jetstream",
    "rabbitmq-aio-pika": "bench.rabbitmq_aio_pika",
    "sql-sqlalchemy": "bench.sql_sqlalchemy",
    "httpx2": "bench.httpx2_client",
    "k8s-operator": "bench.k8s_operator",
    "propagation": "bench.propagation",
    "sampling": "bench.sampling",
    "viewer": "bench.viewer",
}


def main(names: list[str]) -> int:
    """Run the named benchmarks, by default all; exit code 1 when a target is missed."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    rows = []
    for name in names or BENCHMARKS:
        print(f"measuring {name} ...", flush=True)
        rows += importlib.import_module(BENCHMARKS[name]).measure()
    return publish(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
