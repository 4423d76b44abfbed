"""Spans, log records, resources and scopes of all shapes the SDK's encoder can write."""

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util import BoundedList
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

# ENCODING_EXAMPLES=100000 for the full proof, about half an hour.
every_shape = settings(
    max_examples=int(os.environ.get("ENCODING_EXAMPLES", "300")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# Lengths at which a varint grows or a table ends.
long_texts = st.sampled_from([60, 61, 62, 123, 124, 127, 128, 1_022, 1_024, 4_090, 20_000]).map("x".__mul__)
texts = st.text(max_size=12) | long_texts | st.sampled_from(["GET", "/orders/{id}", "1", ""])
int64s = st.integers(-(2**63), 2**63 - 1)
near_powers = st.builds(lambda power, step: 2**power + step, st.integers(0, 62), st.integers(-1, 1))
scalars = (
    texts | int64s | near_powers | st.integers(-2, 300) | st.floats() | st.booleans()
    | st.binary(max_size=150) | st.none()
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["http.request.method", "a", "order.id", "server.port", "k" * 130]) | st.text(
    max_size=5
)
plain_attributes = st.dictionaries(keys, values, max_size=10)
bounded_attributes = st.builds(BoundedAttributes, st.sampled_from([None, 0, 2]), plain_attributes)
attributes = bounded_attributes | plain_attributes | st.none()
times = st.integers(0, 2**64 - 1) | st.none()

states = st.sampled_from([TraceState(), TraceState([("vendor", "1"), ("other", "x=y")]), None])
contexts = st.builds(
    SpanContext, st.integers(0, 2**128 - 1), st.integers(0, 2**64 - 1), st.booleans(),
    st.integers(0, 255).map(TraceFlags), states,
)  # fmt: skip
statuses = (
    st.just(Status()) | st.just(Status(StatusCode.OK)) | st.builds(Status, st.just(StatusCode.ERROR), texts)
)
# A time of None is now.
events = st.builds(Event, texts, attributes, st.integers(0, 2**64 - 1))
links = st.builds(Link, contexts, attributes)


def in_list(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(BoundedList.from_seq, st.sampled_from([None, 1, 128]), st.lists(items, max_size=3))


# Text alone and in order: to the SDK {"a": 1} and {"a": True} are one scope, and order makes no resource.
labels = st.dictionaries(keys, texts, max_size=4).map(lambda given: dict(sorted(given.items())))
resources = st.builds(Resource, labels, st.sampled_from(["", "https://opentelemetry.io/schemas/1.44.0"]))
# Not empty: absent and empty are different to the SDK and the same on the wire.
scopes = st.builds(
    InstrumentationScope,
    texts.filter(bool),
    texts.filter(bool) | st.none(),
    st.sampled_from([None, "https://example.com/1"]),
    labels,
)
spans = st.builds(
    ReadableSpan, name=texts, context=contexts, parent=contexts | st.none(), resource=st.just(Resource({})),
    attributes=attributes, events=in_list(events) | st.just(()), links=in_list(links) | st.just(()),
    kind=st.sampled_from(SpanKind), status=statuses, start_time=times, end_time=times,
    instrumentation_scope=st.just(None),
)  # fmt: skip


@st.composite
def log_records(draw: st.DrawFn) -> ReadableLogRecord:
    record = LogRecord(
        timestamp=draw(times), observed_timestamp=draw(times), severity_text=draw(texts | st.none()),
        severity_number=draw(st.sampled_from(SeverityNumber) | st.none()), body=draw(values),
        attributes=draw(attributes), event_name=draw(texts | st.none()),
    )  # fmt: skip
    context = draw(contexts)
    record.trace_id, record.span_id, record.trace_flags = (
        context.trace_id,
        context.span_id,
        context.trace_flags,
    )
    return ReadableLogRecord(record, Resource({}))
