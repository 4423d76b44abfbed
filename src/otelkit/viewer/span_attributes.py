"""Conditions on attributes: of the span, of its resource, or of either.

Resources are few and tried one by one. Of spans, a block's column of the key is tried value by value.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from otelkit.traces.attributes import AttributeValue, value_of
from otelkit.viewer.blocks import Block, Kind
from otelkit.viewer.columns import Scalar, fragment_of, rows_where
from otelkit.viewer.conditions import CONTAINS, Condition, Value, holds
from otelkit.viewer.span_terms import key_term, resource_term

_FEW_RESOURCES = 64
_ORDERS = (">", ">=", "<", "<=")
_NUMBERS = """SELECT block FROM columns WHERE signal = ?1 AND key = ?2 AND {} ?3
UNION SELECT number FROM blocks WHERE signal = ?1 AND NOT sealed"""
Pairs = Sequence[KeyValue]


@dataclass(frozen=True)
class AttributeTest:
    """A condition with the resources that fulfil it; `spans` says whether a span's own attributes may."""

    condition: Condition
    key: str
    spans: bool
    resources: frozenset[int]

    @property
    def impossible(self) -> bool:
        """Whether no span can fulfil it."""
        return not self.spans and not self.resources

    @property
    def _wants_none(self) -> bool:
        return self.condition.value is None and self.condition.operator == "="

    def terms(self) -> list[bytes]:
        """Terms of which a block has to have one; none if that is not known."""
        if (self.spans and self._wants_none) or len(self.resources) > _FEW_RESOURCES:
            return []
        own = _terms_of(self.condition, self.key) if self.spans else []
        return [*own, *(resource_term(number) for number in self.resources)]

    def blocks(self, connection: sqlite3.Connection) -> set[int] | None:
        """The blocks with numbers that are large or small enough; None if that is not the question."""
        order = self.condition.operator
        if order not in _ORDERS or self.resources:
            return None
        edge = "high" if order.startswith(">") else "low"
        found = connection.execute(
            _NUMBERS.format(f"{edge} {order}"), (Kind.SPANS, self.key, self.condition.value)
        )
        return {row[0] for row in found}

    @property
    def is_of_rows(self) -> bool:
        """Whether `rows` alone decide."""
        return self.spans and not self.resources

    def rows(self, connection: sqlite3.Connection, block: Block) -> set[int]:
        """Ids of a block's spans whose own attributes fulfil it, or for one that has to be absent have it."""

        def wanted(value: Scalar) -> bool:
            return self._wants_none or holds(_value(value), self.condition)

        return rows_where(connection, (Kind.SPANS, self.key, block), wanted, self._fragment)

    def clause(self, connection: sqlite3.Connection, block: Block) -> tuple[str, list[str]]:
        """SQL over `spans s` that is true for the spans of a block that fulfil it."""
        one_of = "IN (SELECT value FROM json_each(?))"
        resources = json.dumps(sorted(self.resources))
        if not self.spans:
            return f"s.resource {one_of}", [resources]
        own = f"AND s.id NOT {one_of}" if self._wants_none else f"OR s.id {one_of}"
        return f"(s.resource {one_of} {own})", [resources, json.dumps(sorted(self.rows(connection, block)))]

    @property
    def _fragment(self) -> str:
        wanted = self.condition.value
        searched = isinstance(wanted, str) and self.condition.operator in ("=", CONTAINS)
        return fragment_of(str(wanted)) if searched else ""

    def accepts(self, pairs: Pairs, resource: int) -> bool:
        """Whether one span fulfils it."""
        ours = resource in self.resources
        if not self.spans:
            return ours
        own = _fulfils(pairs, self.key, self.condition)
        return ours and own if self._wants_none else ours or own


def attribute_test(connection: sqlite3.Connection, condition: Condition) -> AttributeTest:
    """Find the resources that fulfil a condition."""
    scope, _, key = condition.field.partition(".")
    resources = []
    for number, body in connection.execute("SELECT id, body FROM origins WHERE service IS NOT NULL"):
        if scope == "span":  # then a resource matters only where something has to be absent
            fulfils = condition.value is None and condition.operator == "="
        else:
            fulfils = _fulfils(ResourceSpans.FromString(body).resource.attributes, key, condition)
        if fulfils:
            resources.append(number)
    return AttributeTest(condition, key, scope != "resource", frozenset(resources))


def _fulfils(pairs: Pairs, key: str, condition: Condition) -> bool:
    found = [value_of(pair.value) for pair in pairs if pair.key == key]
    if condition.value is None and condition.operator == "=":
        return not found
    return any(holds(value, condition) for value in found)


def _value(scalar: Scalar) -> AttributeValue:
    return tuple(scalar) if isinstance(scalar, list) else scalar


def _terms_of(condition: Condition, key: str) -> list[bytes]:
    if condition.operator != "=":
        return [key_term(key)]
    pairs = (KeyValue(key=key, value=value) for value in _encodings(condition.value))
    return [pair.SerializeToString() for pair in pairs]


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
