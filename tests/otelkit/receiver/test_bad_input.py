"""What is malformed, mislabelled or too large is refused, and the next good request arrives."""

import gzip
import zlib

import grpc
import pytest
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # no stubs exist

from .conftest import LIMIT_BYTES, Call, Desk, Post

BAD, FULL = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.RESOURCE_EXHAUSTED


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        ((b"\xff\xff", ""), 400),
        ((b"\x0a\x05abc", ""), 400),
        ((b"not gzip", "gzip"), 400),
        ((gzip.compress(b"\x0a\x00" * 50)[:-9], "gzip"), 400),
        ((b"", "gzip"), 400),
        ((gzip.compress(b"") * 101, "gzip"), 400),
        ((b"", "br"), 415),
        ((bytes(LIMIT_BYTES + 1), ""), 413),
        ((gzip.compress(bytes(200 * LIMIT_BYTES)), "gzip"), 413),
        ((zlib.compress(bytes(200 * LIMIT_BYTES)), "deflate"), 413),
    ],
    ids=[
        "no protobuf",
        "truncated",
        "no gzip",
        "truncated gzip",
        "empty gzip",
        "many members",
        "unknown encoding",
        "too large",
        "gzip bomb",
        "zlib bomb",
    ],
)
def test_bad_body_is_refused_over_http(
    desk: Desk, post: Post, one_span: bytes, bad: tuple[bytes, str], status: int
) -> None:
    body, encoding = bad
    answer = post(body, encoding=encoding)

    assert answer.status == status
    assert Status.FromString(answer.body).message
    assert post(one_span).status == 200
    assert len(desk.came) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\xff\xff", BAD),
        (b"\x0a\x05abc", BAD),
        (gzip.compress(b"\x0a\x00" * 50)[:-9], BAD),
        (bytes(LIMIT_BYTES + 1), FULL),
        (gzip.compress(bytes(200 * LIMIT_BYTES)), FULL),
    ],
    ids=["no protobuf", "truncated", "truncated gzip", "too large", "gzip bomb"],
)
def test_bad_message_is_refused_over_grpc(
    desk: Desk, call: Call, one_span: bytes, body: bytes, code: grpc.StatusCode
) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        call(body)

    assert raised.value.code() is code
    assert call(one_span) == b""
    assert len(desk.came) == 1


def test_message_that_grpc_compressed_and_that_is_too_large_once_unpacked_is_refused(call: Call) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        call(bytes(20 * LIMIT_BYTES), compression=grpc.Compression.Gzip)

    assert raised.value.code() is FULL
    assert "1,048,576 bytes" in str(raised.value.details())


def test_protobuf_that_begins_like_zlib_is_still_protobuf(desk: Desk, call: Call) -> None:
    unknown_field_15 = b"\x78\x07"

    assert call(unknown_field_15) == b""
    assert len(desk.came) == 1


def test_sender_of_json_is_told_what_to_send_in_json(post: Post) -> None:
    answer = post(b'{"resourceSpans":[]}', media_type="application/json")

    assert (answer.status, answer.headers["content-type"]) == (415, "application/json")
    assert b"send application/x-protobuf" in answer.body


@pytest.mark.parametrize("media_type", ["text/plain", "", "application/x-protobuf-not"])
def test_other_content_types_are_refused(desk: Desk, post: Post, one_span: bytes, media_type: str) -> None:
    assert post(one_span, media_type=media_type).status == 415
    assert desk.came == []


def test_content_type_may_have_parameters_and_capitals(post: Post, one_span: bytes) -> None:
    assert post(one_span, media_type="Application/X-Protobuf; charset=utf-8").status == 200


def test_unknown_path_and_wrong_method_are_told_apart(post: Post) -> None:
    assert post(b"", path="/v1/profits").status == 404

    wrong = post(b"", method="PUT")

    assert (wrong.status, wrong.headers["allow"]) == (405, "POST")
