"""A small part of TraceQL: one pair of braces, conditions joined by `&&`.

    { resource.service.name = "shop" && name = "POST /orders" && status = error && duration > 100ms }

Fields: name, status (ok, error, unset), kind (server, client, producer, consumer, internal),
duration, resource.x, span.x, and .x for either. Operators: = != > >= < <= =~ !~; the value nil is none.
https://grafana.com/docs/tempo/latest/traceql/ has the whole language.
"""

import json
import re

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from otelkit.viewer.conditions import DOES_NOT_MATCH, MATCHES, Condition, Value
from otelkit.viewer.durations import parse_duration
from otelkit.viewer.regular_expressions import expression

SUPPORTED = (
    'supported is { a = "x" && b != 1 && ... } with name, status, kind, duration, resource.x, span.x or .x '
    "and the operators = != > >= < <= =~ !~"
)
_CONDITION = re.compile(
    r'\s*(?P<field>[A-Za-z_.][\w.\-/]*)\s*(?P<operator>=~|!~|!=|>=|<=|=|>|<)\s*(?P<value>"(?:[^"\\]|\\.)*"|[^\s&{}"|]+)\s*'
)
INTRINSICS = ("duration", "kind", "name", "status")
STATUSES = tuple(name.removeprefix("STATUS_CODE_").lower() for name in Status.StatusCode.keys())  # noqa: SIM118
KINDS = tuple(name.removeprefix("SPAN_KIND_").lower() for name in Span.SpanKind.keys())  # noqa: SIM118 - no mapping
_ALIKE = ("=", "!=")
_EXPRESSIONS = (MATCHES, DOES_NOT_MATCH)
_SCOPES = ("resource.", "span.", ".")
_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,18}\.\d{1,18}", re.ASCII)


def parse_traceql(query: str) -> list[Condition]:
    """Conditions that one span has to fulfil; raises ValueError that says what is supported."""
    text = query.strip()
    if not text:
        return []
    if not (text.startswith("{") and text.endswith("}")):
        raise _unsupported(query)
    return _parse_conditions(text[1:-1], query)


def _parse_conditions(text: str, query: str) -> list[Condition]:
    conditions: list[Condition] = []
    position = 0
    while text[position:].strip():
        if conditions:
            if not text.startswith("&&", position):
                raise _unsupported(query)
            position += 2
        match = _CONDITION.match(text, position)
        if match is None:
            raise _unsupported(query)
        conditions.append(_condition(match["field"], match["operator"], match["value"], query))
        position = match.end()
    return conditions


def _condition(field: str, operator: str, literal: str, query: str) -> Condition:
    if field not in INTRINSICS and not field.startswith(_SCOPES):
        raise _unsupported(query)
    try:
        value = _value(field, literal)
    except (KeyError, ValueError):
        raise _unsupported(query) from None
    if operator in _EXPRESSIONS and isinstance(value, str):
        expression(value)  # raises ValueError that says why it is none
    elif operator in _EXPRESSIONS or (operator not in _ALIKE and not _has_order(field, value)):
        raise _unsupported(query)
    return Condition("resource.service.name" if field == ".service.name" else field, operator, value)


def _has_order(field: str, value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and field not in ("status", "kind")


def _value(field: str, literal: str) -> Value:
    if field == "status":
        return int(Status.StatusCode.Value(f"STATUS_CODE_{literal.upper()}"))
    if field == "kind":
        return int(Span.SpanKind.Value(f"SPAN_KIND_{literal.upper()}"))
    if field == "duration":
        return parse_duration(literal)
    if field == "name" and not literal.startswith('"'):
        raise ValueError(literal)
    return _plain_value(literal)


def _plain_value(literal: str) -> Value:
    if literal.startswith('"'):
        return str(json.loads(literal))
    if literal == "nil":
        return None
    if literal in ("true", "false"):
        return literal == "true"
    if _NUMBER.fullmatch(literal):
        return int(literal)
    if _DECIMAL.fullmatch(literal):
        return float(literal)
    raise ValueError(literal)


def _unsupported(query: str) -> ValueError:
    return ValueError(f"the query {query!r:.200} is not supported here: {SUPPORTED}")
