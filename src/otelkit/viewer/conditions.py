"""What a span has to fulfil to be found: one condition, and several as SQL.

Columns answer for name, service, kind, status and duration; any other attribute is
looked up in the OTLP message by a function that SQLite calls for the rows left over.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from otelkit.traces.attributes import AttributeValue, value_of

Value = str | int | float | bool
_COLUMNS = {
    "name": "s.name",
    "kind": "s.kind",
    "status": "s.status",
    "duration": "(s.end_nanos - s.start_nanos)",
    # The plus keeps SQLite from walking all spans of a service for each trace it looks at.
    "resource.service.name": "+s.service",
}
OPERATORS = ("=", "!=", ">", ">=", "<", "<=")
CONTAINS = "contains"


@dataclass(frozen=True)
class Condition:
    """`field` is an intrinsic (name, kind, status, duration) or `resource.x`, `span.x` or `.x` for either."""

    field: str
    operator: str
    value: Value


def where(connection: sqlite3.Connection, conditions: Sequence[Condition]) -> tuple[str, list[Value]]:
    """SQL over `spans s` that is true where all conditions hold, and its parameters."""
    clauses, parameters = ["1"], []
    for number, condition in enumerate(conditions):
        column = _COLUMNS.get(condition.field)
        if column is None:
            clauses.append(_attribute_clause(connection, f"matches_{number}", condition))
        elif condition.operator == CONTAINS:
            clauses.append(f"instr(lower({column}), lower(?))")
            parameters.append(condition.value)
        else:
            clauses.append(f"{column} {condition.operator} ?")
            parameters.append(condition.value)
    return " AND ".join(clauses), parameters


def _attribute_clause(connection: sqlite3.Connection, function: str, condition: Condition) -> str:
    scope, _, key = condition.field.partition(".")

    def matches(span: bytes, resource: bytes) -> bool:
        found: list[AttributeValue] = []
        if scope in ("", "span"):
            found += [value_of(pair.value) for pair in Span.FromString(span).attributes if pair.key == key]
        if scope in ("", "resource"):
            attributes = ResourceSpans.FromString(resource).resource.attributes
            found += [value_of(pair.value) for pair in attributes if pair.key == key]
        return any(_holds(value, condition) for value in found)

    connection.create_function(function, 2, matches, deterministic=True)
    return f"{function}(s.body, (SELECT body FROM origins WHERE id = s.resource))"  # noqa: S608 - a name of ours


def _holds(found: AttributeValue, condition: Condition) -> bool:
    wanted = condition.value
    if condition.operator == CONTAINS:
        text = str(found).lower() if isinstance(found, bool) else str(found)
        return str(wanted).lower() in text.lower()
    if condition.operator in ("=", "!="):
        same = isinstance(found, bool) == isinstance(wanted, bool) and found == wanted
        return same == (condition.operator == "=")
    return _ordered(found, condition.operator, wanted)


def _ordered(found: AttributeValue, operator: str, wanted: Value) -> bool:
    if not isinstance(found, int | float) or not isinstance(wanted, int | float):
        return False
    return {
        ">": found > wanted,
        ">=": found >= wanted,
        "<": found < wanted,
        "<=": found <= wanted,
    }[operator]
