"""The decoded size is bounded before decoding, and honest requests do not notice."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otelkit.receiver.fault import Fault
from otelkit.receiver.weight import decoded_bytes

TRACES = ExportTraceServiceRequest.DESCRIPTOR
LIMIT_BYTES = 64 * 2**20
REFUSED = "400"


def nested(tags: bytes, innermost: bytes) -> bytes:
    """Fields with a length around a body; lengths as varints of five bytes."""
    body = innermost
    for tag in tags:
        size = len(body)
        length = bytes([*(size >> shift & 0x7F | 0x80 for shift in (0, 7, 14, 21)), size >> 28])
        body = bytes([tag]) + length + body
    return body


def weigh(body: bytes, limit_bytes: int) -> str:
    try:
        return str(decoded_bytes(TRACES, body, limit_bytes))
    except Fault as fault:
        return str(fault.http_status)


@pytest.mark.parametrize(
    "tags",
    [b"", b"\x0a", b"\x12\x0a", b"\x12\x12\x0a"],
    ids=["resources", "scopes", "spans", "what a span has"],
)
@pytest.mark.parametrize("part", [b"\x0a\x00", b"\x12\x00", b"\x4a\x00", b"\x5a\x00", b"\x8a\x00\x00"])
def test_millions_of_small_parts_are_refused_or_weigh_little(tags: bytes, part: bytes) -> None:
    body = nested(tags, part * (3 * 2**19))
    began = time.process_time()

    outcome = weigh(body, LIMIT_BYTES // 4)

    assert outcome == REFUSED or int(outcome) <= LIMIT_BYTES // 4 + len(body)
    assert time.process_time() - began < 5


def test_packed_numbers_are_weighed_as_the_numbers_they_become() -> None:
    bucket_counts = nested(b"\x12\x42\x0a\x52\x12\x12\x0a", bytes(12 * 2**20))

    with pytest.raises(Fault, match="too many small parts"):
        decoded_bytes(ExportMetricsServiceRequest.DESCRIPTOR, bucket_counts, LIMIT_BYTES)


def test_honest_request_of_sixteen_megabytes_passes() -> None:
    request = ExportTraceServiceRequest()
    scoped = request.resource_spans.add().scope_spans.add()
    for _ in range(20_000):
        span = scoped.spans.add(trace_id=b"t" * 16, span_id=b"s" * 8, name="SELECT stock")
        for number in range(12):
            span.attributes.add(key=f"shop.attribute.{number}").value.string_value = "v" * 40
    body = request.SerializeToString()

    assert len(body) > 15 * 2**20
    assert decoded_bytes(TRACES, body, LIMIT_BYTES) > len(body)


def test_small_request_weighs_little() -> None:
    assert decoded_bytes(TRACES, nested(b"\x12\x12\x0a", b"\x2a\x01a"), LIMIT_BYTES) < 10_000


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_walking_any_bytes_ends_in_a_number_or_a_refusal(noise: bytes) -> None:
    enough_to_be_walked = b"\x0a\x00" * 70_000
    body = nested(b"\x12\x0a", noise) + enough_to_be_walked

    outcome = weigh(body, LIMIT_BYTES)

    assert outcome == REFUSED or int(outcome) >= len(body)
