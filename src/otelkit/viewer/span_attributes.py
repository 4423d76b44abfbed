"""Conditions on attributes: of the span, of its resource, or of either.

Resources are few and tried one by one. Of spans, the bytes of the pair are looked for in their bodies first,
for most of them have it not; those that have are decoded and tried.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from otelkit.traces.attributes import value_of
from otelkit.viewer.conditions import Condition, Value, holds
from otelkit.viewer.span_columns import Demand
from otelkit.viewer.span_terms import key_term, resource_term

_FEW_RESOURCES = 64
_ORDERS = (">", ">=", "<", "<=")
Pairs = Sequence[KeyValue]
Test = Callable[[Pairs, int], bool]


def demand_attribute(connection: sqlite3.Connection, condition: Condition, demand: Demand) -> Test | None:
    """Add what a condition demands; returns what is to be tried on each span's attributes and resource."""
    scope, _, key = condition.field.partition(".")
    resources = (
        frozenset(_resources(connection, condition, key)) if scope in ("", "resource") else frozenset[int]()
    )
    of_resource = "s.resource IN (SELECT value FROM json_each(?))"
    if scope == "resource":
        demand.impossible |= not resources
        demand.add(of_resource, json.dumps(list(resources)))
        if len(resources) <= _FEW_RESOURCES:
            demand.terms.append([resource_term(number) for number in resources])
        return None
    if _is_absent(condition):
        return lambda pairs, resource: (scope == "span" or resource in resources) and not _has(pairs, key)
    if condition.operator in _ORDERS and not resources:
        _demand_numbers(connection, condition, key, demand)
    terms, needles = _traces_of(condition, key)
    if len(resources) <= _FEW_RESOURCES:
        demand.terms.append([*terms, *(resource_term(number) for number in resources)])
    found = " OR ".join(["instr(b.body, ?)"] * len(needles))
    if resources:
        demand.add(f"({found} OR {of_resource})", *needles, json.dumps(list(resources)))
    else:
        demand.add(f"({found})", *needles)
    return lambda pairs, resource: resource in resources or _any_holds(pairs, key, condition)


def _resources(connection: sqlite3.Connection, condition: Condition, key: str) -> list[int]:
    found = []
    for number, body in connection.execute("SELECT id, body FROM origins WHERE service IS NOT NULL"):
        pairs = ResourceSpans.FromString(body).resource.attributes
        if not _has(pairs, key) if _is_absent(condition) else _any_holds(pairs, key, condition):
            found.append(number)
    return found


def _demand_numbers(connection: sqlite3.Connection, condition: Condition, key: str, demand: Demand) -> None:
    edge = "high" if condition.operator.startswith(">") else "low"
    sql = f"SELECT block FROM number_ranges WHERE key = ? AND {edge} {condition.operator} ?"  # noqa: S608 - constants
    blocks = {row[0] for row in connection.execute(sql, (key, condition.value))}
    demand.blocks = blocks if demand.blocks is None else demand.blocks & blocks


def _is_absent(condition: Condition) -> bool:
    return condition.value is None and condition.operator == "="


def _has(pairs: Pairs, key: str) -> bool:
    return any(pair.key == key for pair in pairs)


def _any_holds(pairs: Pairs, key: str, condition: Condition) -> bool:
    return any(pair.key == key and holds(value_of(pair.value), condition) for pair in pairs)


def _traces_of(condition: Condition, key: str) -> tuple[list[bytes], list[bytes]]:
    """Terms of which a block has one, and bytes of which a span's body has one, where the condition holds."""
    if condition.operator != "=":
        bare = KeyValue(key=key).SerializeToString()
        return [key_term(key)], [bare]
    pairs = [KeyValue(key=key, value=value) for value in _encodings(condition.value)]
    return [pair.SerializeToString() for pair in pairs], [
        Span(attributes=[pair]).SerializeToString() for pair in pairs
    ]


def _encodings(value: Value) -> list[AnyValue]:
    """The messages that a value equals: a number may have come as an integer or not."""
    if isinstance(value, bool):
        return [AnyValue(bool_value=value)]
    if isinstance(value, str):
        return [AnyValue(string_value=value)]
    number = value or 0
    encodings = [AnyValue(double_value=number)]
    if float(number).is_integer() and abs(number) < 2**63:
        encodings.append(AnyValue(int_value=int(number)))
    return encodings
