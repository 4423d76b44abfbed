"""The query client against real HTTP servers that answer well, late, wrongly and not at all."""

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from otelkit.traces import TempoClient, TempoError, TraceNotSeenError

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
Reply = tuple[int, bytes]
Backend = Callable[[Callable[[str], Reply]], AbstractContextManager[str]]


def trace_bytes(*names: str) -> bytes:
    data = TracesData()
    spans = data.resource_spans.add().scope_spans.add().spans
    for number, name in enumerate(names, 1):
        spans.add(name=name, trace_id=bytes.fromhex(TRACE_ID), span_id=number.to_bytes(8))
    return data.SerializeToString()


def test_trace_is_asked_for_by_id_and_decoded(backend: Backend) -> None:
    asked: list[str] = []

    def reply(path: str) -> Reply:
        asked.append(path)
        return 200, trace_bytes("POST /orders")

    with backend(reply) as address:
        spans = TempoClient(address + "/").trace(TRACE_ID.upper())

    assert asked == [f"/api/traces/{TRACE_ID}"]
    assert [span.name for span in spans] == ["POST /orders"]


def test_unknown_trace_is_an_empty_list(backend: Backend) -> None:
    with backend(lambda _: (404, b"trace not found")) as address:
        assert TempoClient(address).trace(TRACE_ID) == []


def test_waiting_ends_when_the_condition_holds(backend: Backend) -> None:
    replies = iter([(404, b""), (503, b"starting"), (200, trace_bytes("a")), (200, trace_bytes("a", "b"))])

    with backend(lambda _: next(replies)) as address:
        spans = TempoClient(address).wait_for_trace(TRACE_ID, until=lambda spans: len(spans) == 2)

    assert [span.name for span in spans] == ["a", "b"]


def test_waiting_in_vain_shows_what_came_back_last(backend: Backend) -> None:
    with (
        backend(lambda _: (200, trace_bytes("only this"))) as address,
        pytest.raises(TraceNotSeenError, match=r"after 0.2 s(?s:.*)only this \[UNSPECIFIED\] UNSET"),
    ):
        TempoClient(address).wait_for_trace(TRACE_ID, 0.2, until=lambda spans: len(spans) == 2)


def test_waiting_for_an_absent_backend_names_it() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"

        with pytest.raises(TraceNotSeenError, match=r"did not answer.*Is the backend up"):
            TempoClient(address).wait_for_trace(TRACE_ID, 0.2)


def test_backend_that_never_finishes_its_answer_is_given_up(backend: Backend) -> None:
    over = Event()

    def reply(_: str) -> Reply:
        over.wait(10)
        return 200, b""

    with backend(reply) as address:
        with pytest.raises(TempoError, match="did not answer"):
            TempoClient(address, request_timeout_seconds=0.1).trace(TRACE_ID)
        over.set()


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ((200, b"<html>proxy</html>"), "unreadable"),
        ((500, b"boom"), "answered 500"),
        ((302, b""), "answered 302"),
        ((200, b"\0" * (65 * 2**20)), "more than 64 MiB"),
    ],
    ids=["html", "error", "redirect", "huge"],
)
def test_wrong_answer_is_one_clear_error(backend: Backend, reply: Reply, message: str) -> None:
    with backend(lambda _: reply) as address, pytest.raises(TempoError, match=message):
        TempoClient(address).trace(TRACE_ID)


@pytest.mark.parametrize("trace_id", ["", "../search", "xyz", "0" * 33])
def test_what_is_no_trace_id_is_refused_before_asking(trace_id: str) -> None:
    with pytest.raises(ValueError, match="no trace id"):
        TempoClient("http://localhost").trace(trace_id)


@pytest.mark.parametrize("address", ["localhost:3200", "", "ftp://host", "http://"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no backend address"):
        TempoClient(address)
