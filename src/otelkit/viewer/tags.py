"""Which attributes spans and their resources have, and with which values, for choosing from."""

import json
import sqlite3
from collections.abc import Iterator

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from otelkit.traces.attributes import value_of
from otelkit.viewer.blocks import ROWS, Kind

Value = str | bool | int | float
_MOST_VALUES = 1_000
_BLOCKS = 50  # values are those of the last blocks that have the key
_KEYS = """WITH RECURSIVE keys (key) AS (
    SELECT min(key) FROM columns WHERE signal = ?1
    UNION ALL SELECT (SELECT min(key) FROM columns WHERE signal = ?1 AND key > keys.key)
    FROM keys WHERE keys.key IS NOT NULL
) SELECT key FROM keys WHERE key IS NOT NULL LIMIT 10000"""
_COLUMNS = "SELECT body FROM columns WHERE signal = ? AND key = ? ORDER BY block DESC LIMIT ?"
_UNSEALED = """SELECT b.body FROM blocks k
JOIN bodies b ON b.id BETWEEN k.number * ?1 AND k.number * ?1 + ?1 - 1 WHERE k.signal = ?2 AND NOT k.sealed"""


def span_keys(connection: sqlite3.Connection) -> list[str]:
    """Keys of span attributes."""
    found = {row[0] for row in connection.execute(_KEYS, (Kind.SPANS,))}
    return sorted(found | {pair.key for pair in _unsealed_pairs(connection)})


def resource_keys(connection: sqlite3.Connection) -> list[str]:
    """Keys of resource attributes."""
    return sorted({pair.key for pair in _resource_pairs(connection)})


def values_of(connection: sqlite3.Connection, key: str, scope: str) -> list[Value]:
    """Values of an attribute of `span`, `resource` or, with an empty scope, either; at most a thousand."""
    found: dict[tuple[type, Value], Value] = {}
    for value in _values(connection, key, scope):
        found.setdefault((type(value), value), value)
        if len(found) >= _MOST_VALUES:
            break
    return list(found.values())


def names_of_spans(connection: sqlite3.Connection) -> list[str]:
    """Names that spans have."""
    rows = connection.execute("SELECT DISTINCT name FROM operations ORDER BY name LIMIT ?", (_MOST_VALUES,))
    return [row[0] for row in rows]


def _values(connection: sqlite3.Connection, key: str, scope: str) -> Iterator[Value]:
    pairs: list[KeyValue] = []
    if scope != "span":
        pairs += _resource_pairs(connection)
    if scope != "resource":
        for (body,) in connection.execute(_COLUMNS, (Kind.SPANS, key, _BLOCKS)):
            yield from (value for value in json.loads(body)[0] if not isinstance(value, list | None))
        pairs += _unsealed_pairs(connection)
    for value in (value_of(pair.value) for pair in pairs if pair.key == key):
        if isinstance(value, str | bool | int | float):
            yield value


def _resource_pairs(connection: sqlite3.Connection) -> Iterator[KeyValue]:
    for (body,) in connection.execute("SELECT body FROM origins WHERE service IS NOT NULL"):
        yield from ResourceSpans.FromString(body).resource.attributes


def _unsealed_pairs(connection: sqlite3.Connection) -> Iterator[KeyValue]:
    for (body,) in connection.execute(_UNSEALED, (ROWS, Kind.SPANS)):
        yield from Span.FromString(body).attributes
