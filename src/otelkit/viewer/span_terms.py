"""What spans can be found by: terms of their block's filter, and columns of their attributes.

A pair of key and value is the term that OTLP's bytes of it are.
"""

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.traces.attributes import value_of
from otelkit.viewer.block_index import BlockIndex

_MOST_ATTRIBUTES = 128  # of one span: what SDKs send at most unless told otherwise


def operation_term(operation: int, status: int) -> bytes:
    """Term of an operation that ended with a status."""
    return b"o%d:%d" % (operation, status)


def status_term(status: int) -> bytes:
    """Term of a status."""
    return b"s%d" % status


def resource_term(resource: int) -> bytes:
    """Term of a resource."""
    return b"r%d" % resource


def key_term(key: str) -> bytes:
    """Term of an attribute that is there with any value."""
    return b"k" + key.encode()


def index_span(index: BlockIndex, place: int, span: Span, operation: int, resource: int) -> None:
    """Let a span that has been placed be found."""
    status, columns = span.status.code, index.columns
    index.add_terms((operation_term(operation, status), status_term(status), resource_term(resource)))
    for pair in span.attributes[:_MOST_ATTRIBUTES]:
        term = pair.SerializeToString()
        if not columns.add(term, place):
            index.add_terms((term, key_term(pair.key)))
            columns.begin(term, pair.key, value_of(pair.value), place)
