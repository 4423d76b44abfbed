"""One side of the database benchmark in a process of its own: `python -m bench.sql_side SIDE RATIO PIPELINE`.

Sides: `bare`, `floor` (the same span and metric point written by hand), `ours`, `upstream`. For each line
that comes in, a case, it runs that and answers with microseconds of processor time for each query or row.
Pipelines: `none` (spans end nowhere), `sdk` (the SDK's batch processor and OTLP exporter), `otelkit`.
"""

import gc
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor as UpstreamInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import SpanKind
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, create_engine, select

from otelkit.export import DirectSpanProcessor, WaitingSpanExporter
from otelkit.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from otelkit.instrumentation.sqlalchemy.instruments import BOUNDARIES_SECONDS

QUERIES = 4000
ROWS = 100_000
ORDERS = Table("orders", MetaData(), Column("id", Integer, primary_key=True), Column("item", String(20)))
ONE_ORDER = select(ORDERS.c.item).where(ORDERS.c.id == 1)
METRIC = {
    "db.system.name": "sqlite",
    "db.namespace": ":memory:",
    "db.query.summary": "SELECT orders",
    "db.operation.name": "SELECT",
    "db.collection.name": "orders",
}
SPAN = {**METRIC, "db.query.text": "SELECT orders.item \nFROM orders \nWHERE orders.id = ?"}


def providers(ratio: float, pipeline: str) -> tuple[TracerProvider, MeterProvider]:
    """Give providers as an application would set them up, with one reader of metrics."""
    tracers = TracerProvider(sampler=ParentBased(TraceIdRatioBased(ratio)), shutdown_on_exit=False)
    if pipeline == "sdk":
        tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(insecure=True), max_queue_size=2**16))
    elif pipeline == "otelkit":
        tracers.add_span_processor(DirectSpanProcessor(WaitingSpanExporter()))
    return tracers, MeterProvider([InMemoryMetricReader()], shutdown_on_exit=False)


def plain(connection: Connection) -> Callable[[], object]:
    """Give a query that others may look at."""
    return lambda: connection.execute(ONE_ORDER).all()


def by_hand(tracers: TracerProvider, meters: MeterProvider) -> Callable[[Connection], Callable[[], object]]:
    """Give a query with the span and the metric point that ours makes, and nothing else."""
    start_span = tracers.get_tracer("floor").start_span
    duration = meters.get_meter("floor").create_histogram(
        "db.client.operation.duration", "s", explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS
    )

    def query(connection: Connection) -> None:
        span = start_span("SELECT orders", kind=SpanKind.CLIENT, attributes=SPAN)
        begun = time.perf_counter()
        result = connection.execute(ONE_ORDER)
        duration.record(time.perf_counter() - begun, METRIC)
        span.end()
        result.all()

    return lambda connection: partial(query, connection)


def cases(side: str, ratio: float, pipeline: str) -> dict[str, Callable[[], float]]:
    """Give what each case runs, set up for a side."""
    tracers, meters = providers(ratio, pipeline)
    engine = create_engine("sqlite:///:memory:")
    instrumentors: dict[str, Any] = {"ours": SQLAlchemyInstrumentor, "upstream": UpstreamInstrumentor}
    if side in instrumentors:
        instrumentors[side]().instrument(engine=engine, tracer_provider=tracers, meter_provider=meters)
    query_of = by_hand(tracers, meters) if side == "floor" else plain
    connection = engine.connect()
    ORDERS.create(connection)
    rows = [{"item": f"tea {number}"} for number in range(ROWS)]

    query = query_of(connection)

    def queries() -> float:
        begun = time.process_time()
        for _ in range(QUERIES):
            query()
        tracers.force_flush()
        return (time.process_time() - begun) / QUERIES

    def lent() -> float:
        begun = time.process_time()
        for _ in range(QUERIES // 2):
            with engine.connect() as one:
                query_of(one)()
        return (time.process_time() - begun) / (QUERIES // 2)

    def bulk() -> float:
        gc.collect()
        begun = time.process_time()
        connection.execute(ORDERS.insert(), rows)
        seconds = time.process_time() - begun
        connection.rollback()
        return seconds / ROWS

    return {"query": queries, "lent": lent, "bulk": bulk}


if __name__ == "__main__":
    runs = cases(sys.argv[1], float(sys.argv[2]), sys.argv[3])
    for line in sys.stdin:
        print(runs[line.strip()]() * 1e6, flush=True)
