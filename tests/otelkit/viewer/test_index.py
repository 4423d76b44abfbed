"""What searches are answered from goes with what it is made of."""

import sqlite3
from contextlib import closing

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.viewer.retention import forget_oldest, used_bytes

from .conftest import Backend, attributed, make_span
from .loki_records import send as send_logs
from .prometheus_metrics import counter
from .prometheus_metrics import send as send_metrics

OWN = ("spans", "bodies", "traces", "logs", "metrics", "families", "operations", "origins", "links")
MADE = ("blocks", "columns", "edges", "entries")


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    # S608: names of ours
    return {
        name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608
        for name in (*OWN, *MADE)
    }


def test_nothing_is_left_of_what_is_forgotten(backend: Backend) -> None:
    called = make_span(2, parent=1, kind=Span.SPAN_KIND_SERVER)
    waiting = make_span(4, parent=99, kind=Span.SPAN_KIND_SERVER)
    waiting.links.add(trace_id=called.trace_id, span_id=called.span_id)
    backend.send_spans(make_span(1, kind=Span.SPAN_KIND_CLIENT))
    backend.send_spans(called, waiting, attributed(3, 1, "shop.size", 7), service="stock")
    send_logs(backend)
    send_metrics(backend, counter(1))
    backend.viewer._writer.close(10)
    with closing(sqlite3.connect(backend.viewer._writer.path, isolation_level=None)) as connection:
        before = counts(connection)
        forget_oldest(connection, 1)
        after = counts(connection)

    assert 0 not in before.values()
    assert set(after.values()) == {0}


def test_trace_that_goes_on_keeps_its_old_spans_findable(backend: Backend) -> None:
    for number in range(1, 4):
        ballast = make_span(1, trace=number + 1, trace_state="t" * 200_000)
        backend.send_spans(attributed(number, 1, "shop.step", number), ballast)
    writer = backend.viewer._writer
    writer._store.close()
    writer._connection.execute("UPDATE traces SET arrival = arrival + 100 WHERE id = 1")

    forget_oldest(writer._connection, used_bytes(writer._connection) - 4096)

    assert backend.tempo.trace("2") == []
    assert [trace.trace_id for trace in backend.tempo.search("{ .shop.step = 1 }")] == ["1".zfill(32)]


def test_value_of_a_span_that_was_replaced_is_not_found_any_more(backend: Backend) -> None:
    backend.send_spans(attributed(1, 1, "shop.tier", "gold"))
    backend.viewer._writer._store.close()
    backend.send_spans(attributed(1, 1, "shop.tier", "iron"))

    assert backend.tempo.search('{ .shop.tier = "gold" }') == []
    assert len(backend.tempo.search('{ .shop.tier = "iron" }')) == 1


def test_thousands_of_keys_and_long_values_do_not_make_the_index_grow_without_bound(backend: Backend) -> None:
    spans = []
    for number in range(1, 41):
        span = make_span(number, trace=number)
        for key in range(500):
            span.attributes.add(key=f"key {number} {key}").value.string_value = "v"
        span.attributes.insert(0, attributed(1, 1, "long", "l" * 10_000).attributes[0])
        spans.append(span)
    backend.send_spans(*spans)
    backend.viewer._writer._store.close()

    rows = backend.viewer._writer._connection.execute("SELECT count(*), sum(length(body)) FROM columns")
    count, size = rows.fetchone()
    assert count <= 2_000
    assert size < 100_000
    assert len(backend.tempo.trace("1")) == 1
