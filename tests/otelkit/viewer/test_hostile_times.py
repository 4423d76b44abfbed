"""Times that senders make up."""

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from .conftest import NOON, Backend, make_span


@pytest.mark.parametrize("start", [0, 1, NOON, 2**63 - 1, 2**63, 2**64 - 1])
@pytest.mark.parametrize("end", [0, NOON, 2**64 - 1])
def test_times_that_no_clock_shows_are_stored_and_found(empty_backend: Backend, start: int, end: int) -> None:
    span = make_span(1, trace=7, start_time_unix_nano=start, end_time_unix_nano=end)
    span.kind = Span.SPAN_KIND_SERVER
    span.parent_span_id = bytes(7) + b"\2"

    empty_backend.send_spans(span)

    assert len(empty_backend.tempo.search("{ kind = server }")) == 1
    for path in ("/", "/map", "/api/search?minDuration=1s", "/api/search?start=1&end=9999999999"):
        assert empty_backend.get(path).status == 200
