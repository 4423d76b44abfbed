"""Calls between services, whichever of the two spans arrives first."""

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from otelkit.viewer.database import reading
from otelkit.viewer.service_map import Edge, service_edges

from .conftest import NOON, SECOND, Backend, make_span

EVER = 2**63 - 1


def edges(backend: Backend, start: int = 0, end: int = EVER) -> dict[tuple[str, str, str], Edge]:
    with reading(backend.viewer._writer.path) as connection:
        return {(each.caller, each.callee, each.kind): each for each in service_edges(connection, start, end)}


CLIENT = make_span(1, kind=Span.SPAN_KIND_CLIENT)
SERVER = make_span(2, parent=1, kind=Span.SPAN_KIND_SERVER, status=Status(code=Status.STATUS_CODE_ERROR))


@pytest.mark.parametrize("order", [1, -1])
def test_call_is_an_edge_in_either_order_of_arrival(backend: Backend, order: int) -> None:
    for span, service in [(CLIENT, "shop"), (SERVER, "stock")][::order]:
        backend.send_spans(span, service=service)

    (edge,) = edges(backend).values()

    assert (edge.caller, edge.callee, edge.kind, edge.calls, edge.errors) == ("shop", "stock", "call", 1, 1)
    assert edge.mean_nanos == SECOND - 2
    assert edge.percentile_nanos(0.95) == pytest.approx(SECOND, rel=0.2)


def test_span_that_comes_twice_is_one_call(backend: Backend) -> None:
    backend.send_spans(CLIENT)
    for _ in range(2):
        backend.send_spans(SERVER, service="stock")

    assert edges(backend)[("shop", "stock", "call")].calls == 1


def test_message_is_an_edge_by_its_link_and_counts_once_with_its_parent(backend: Backend) -> None:
    backend.send_spans(make_span(1, kind=Span.SPAN_KIND_PRODUCER))
    linked = make_span(2, trace=2, kind=Span.SPAN_KIND_CONSUMER)
    linked.links.add(trace_id=(1).to_bytes(16, "big"), span_id=(1).to_bytes(8, "big"))
    both = make_span(3, parent=1, kind=Span.SPAN_KIND_CONSUMER)
    both.links.add(trace_id=(1).to_bytes(16, "big"), span_id=(1).to_bytes(8, "big"))

    backend.send_spans(linked, both, service="stock")

    assert edges(backend)[("shop", "stock", "message")].calls == 2


def test_database_is_named_by_its_system(backend: Backend) -> None:
    span = make_span(1, kind=Span.SPAN_KIND_CLIENT)
    span.attributes.add(key="db.system.name").value.string_value = "postgresql"
    backend.send_spans(span)

    assert list(edges(backend)) == [("shop", "postgresql", "database")]


def test_child_in_the_same_service_is_no_call_unless_it_went_over_a_client(backend: Backend) -> None:
    inner = make_span(4, parent=3, kind=Span.SPAN_KIND_SERVER)
    backend.send_spans(make_span(3), inner)
    assert edges(backend) == {}

    backend.send_spans(CLIENT, SERVER)
    assert list(edges(backend)) == [("shop", "shop", "call")]


def test_only_minutes_in_question_are_counted(backend: Backend) -> None:
    backend.send_spans(CLIENT)
    backend.send_spans(SERVER, service="stock")

    assert edges(backend, start=NOON + 60 * SECOND) == {}
    assert edges(backend, end=NOON - 60 * SECOND) == {}
    assert len(edges(backend, NOON, NOON + SECOND)) == 1


def test_durations_without_end_in_two_minutes_are_added_up(backend: Backend) -> None:
    for trace, start in ((1, 60 * SECOND), (2, 120 * SECOND)):
        backend.send_spans(make_span(1, trace=trace))
        endless = make_span(2, 1, trace, kind=Span.SPAN_KIND_SERVER)
        endless.start_time_unix_nano, endless.end_time_unix_nano = start, 2**63 - 1
        backend.send_spans(endless, service="stock")

    assert edges(backend)[("shop", "stock", "call")].mean_nanos == pytest.approx(2**63)
