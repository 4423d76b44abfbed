"""Each verdict in the words of both protocols."""

import gzip
import zlib

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped]  # no stubs exist
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # no stubs exist
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from otelkit.receiver import Accepted, Refused, TryAgain
from otelkit.signals import WIRES, Signal

from .conftest import Call, Desk, Post


@pytest.mark.parametrize("signal", list(Signal))
def test_every_signal_arrives_over_both_protocols(desk: Desk, post: Post, call: Call, signal: Signal) -> None:
    assert post(b"", path=WIRES[signal].http_path).status == 200
    assert call(b"", signal) == b""

    assert [(came, type(request)) for came, request in desk.came] == [(signal, WIRES[signal].request)] * 2


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_compressed_bodies_arrive_as_they_were(
    desk: Desk, post: Post, one_span: bytes, encoding: str
) -> None:
    packed = gzip.compress(one_span) if encoding == "gzip" else zlib.compress(one_span)

    assert post(packed, encoding=encoding).status == 200
    assert desk.came[0][1].SerializeToString() == one_span


@pytest.mark.parametrize("compression", [grpc.Compression.Gzip, grpc.Compression.Deflate])
def test_messages_that_grpc_compressed_arrive_as_they_were(
    desk: Desk, call: Call, one_span: bytes, compression: grpc.Compression
) -> None:
    call(one_span * 50, compression=compression)

    assert desk.came[0][1].SerializeToString() == one_span * 50


def test_partial_success_says_how_many_and_why(desk: Desk, post: Post, call: Call, one_span: bytes) -> None:
    desk.verdict = Accepted(rejected=1, message="no room for its id")

    for body in (post(one_span).body, call(one_span)):
        partial = ExportTraceServiceResponse.FromString(body).partial_success
        assert (partial.rejected_spans, partial.error_message) == (1, "no room for its id")


def test_try_again_is_unavailable_with_the_time_to_wait(desk: Desk, post: Post, call: Call) -> None:
    desk.verdict = TryAgain(after_seconds=1.5)

    answer = post(b"")
    with pytest.raises(grpc.RpcError) as raised:
        call(b"")

    assert (answer.status, answer.headers["retry-after"]) == (503, "2")
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    trailers = {item.key: item.value for item in raised.value.trailing_metadata() or ()}
    waits = RetryInfo.FromString(trailers["google.rpc.retryinfo-bin"]).retry_delay
    assert (waits.seconds, waits.nanos) == (1, 500_000_000)
    details = Status.FromString(trailers["grpc-status-details-bin"]).details
    assert details[0].Is(RetryInfo.DESCRIPTOR)


def test_refused_is_never_to_be_sent_again(desk: Desk, post: Post, call: Call) -> None:
    desk.verdict = Refused("this tenant is closed")

    answer = post(b"")
    with pytest.raises(grpc.RpcError) as raised:
        call(b"")

    assert (answer.status, Status.FromString(answer.body).message) == (400, "this tenant is closed")
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert raised.value.details() == "this tenant is closed"


def test_callback_that_raises_is_answered_and_logged_without_its_secret(
    desk: Desk, post: Post, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    desk.verdict = RuntimeError("password is hunter2")

    answer = post(b"")
    with pytest.raises(grpc.RpcError) as raised:
        call(b"")

    assert answer.status == 500
    assert b"hunter2" not in answer.body
    assert raised.value.code() is grpc.StatusCode.INTERNAL
    assert "hunter2" not in str(raised.value.details())
    assert caplog.text.count("RuntimeError: password is hunter2") == 2
