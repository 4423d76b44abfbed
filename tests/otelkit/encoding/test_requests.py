"""Requests joined from bytes equal those of the SDK's encoder, and their size is known before."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext

from otelkit.encoding.address import Address, find_address, forget
from otelkit.encoding.batch import Batch
from otelkit.encoding.envelope import frame, join
from otelkit.encoding.logs import encode_log
from otelkit.encoding.spans import encode_span
from otelkit.signals import WIRES, Signal

from .generated import every_shape, log_records, resources, scopes

CONTEXT = SpanContext(1, 2, is_remote=False)


@st.composite
def places(draw: st.DrawFn) -> list[tuple[Resource, InstrumentationScope | None]]:
    """Where each of up to eight items belongs; a few resources and scopes, in any order."""
    some = st.sampled_from(draw(st.lists(resources, min_size=1, max_size=3)))
    of_them = st.sampled_from([None, *draw(st.lists(scopes, max_size=2))])
    return draw(st.lists(st.tuples(some, of_them), max_size=8))


@every_shape
@given(places())
def test_request_of_spans_has_the_bytes_and_the_grouping_of_the_sdks(
    where: list[tuple[Resource, InstrumentationScope | None]],
) -> None:
    spans = [
        ReadableSpan(f"span {n}", CONTEXT, resource=resource, instrumentation_scope=scope)
        for n, (resource, scope) in enumerate(where)
    ]
    forget()  # or the bound may fall between two spans of one resource
    batch = Batch()
    for span in spans:
        assert batch.add(find_address(span.resource, span.instrumentation_scope), frame(encode_span(span)))

    assert batch.encode() == encode_spans(spans).SerializeToString()
    assert (batch.size_bytes, batch.count) == (len(batch.encode()), len(spans))


@every_shape
@given(st.lists(log_records(), max_size=4), resources, scopes)
def test_request_of_logs_has_the_bytes_of_the_sdks(
    records: list[ReadableLogRecord], resource: Resource, scope: InstrumentationScope
) -> None:
    records = [ReadableLogRecord(record.log_record, resource, scope) for record in records]
    items = [frame(encode_log(record)) for record in records]

    joined = join([(find_address(resource, scope), items)] if items else [])

    assert joined == encode_logs(records).SerializeToString()


@every_shape
@given(places(), st.lists(st.integers(0, 40_000), min_size=8, max_size=8), st.integers(1, 100_000))
def test_batch_takes_an_item_exactly_when_the_request_stays_within_the_limit(
    where: list[tuple[Resource, InstrumentationScope | None]], lengths: list[int], limit: int
) -> None:
    batch, taken = Batch(), Batch()
    for (resource, scope), length in zip(where, lengths, strict=False):
        address, item = find_address(resource, scope), frame(b"x" * length)
        before = batch.encode()
        fits = batch.add(address, item, limit)
        if fits:
            taken.add(address, item)
        assert batch.encode() == (taken.encode() if fits else before)
        assert fits == (len(_with(taken, address, item, fits=fits)) <= limit)


def _with(batch: Batch, address: Address, item: bytes, *, fits: bool) -> bytes:
    if fits:
        return batch.encode()
    groups = {place: list(items) for place, items in batch._items.items()}
    groups.setdefault(address, []).append(item)
    return join(groups.items())


@pytest.mark.parametrize("signal", Signal)
def test_requests_of_all_signals_have_the_field_numbers_that_join_writes(signal: Signal) -> None:
    request: Any = WIRES[signal].request.DESCRIPTOR  # whose classes in the stubs have None everywhere
    of_resource = request.fields[0].message_type
    of_scope = of_resource.fields_by_number[2].message_type

    numbers = [[field.number for field in message.fields] for message in (request, of_resource, of_scope)]
    assert numbers == [[1], [1, 2, 3], [1, 2, 3]]
    assert of_resource.fields_by_number[1].message_type.name == "Resource"
    assert of_scope.fields_by_number[1].message_type.name == "InstrumentationScope"
