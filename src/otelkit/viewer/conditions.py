"""What a span has to fulfil to be found: one condition, and whether a value fulfils it."""

import operator
from dataclasses import dataclass

from otelkit.traces.attributes import AttributeValue
from otelkit.viewer.regular_expressions import expression

Value = str | int | float | bool | None
CONTAINS = "contains"
MATCHES, DOES_NOT_MATCH = "=~", "!~"
OPERATORS = ("=", "!=", ">", ">=", "<", "<=", MATCHES, DOES_NOT_MATCH)
_ORDERS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


@dataclass(frozen=True)
class Condition:
    """`field` is an intrinsic (name, kind, status, duration) or `resource.x`, `span.x` or `.x` for either.

    The value None is an attribute's that is not there. Regular expressions match a whole value.
    """

    field: str
    operator: str
    value: Value


def holds(found: AttributeValue, condition: Condition) -> bool:
    """Whether a value that is there fulfils the condition; values of different types are never alike."""
    wanted = condition.value
    match condition.operator:
        case "=" | "!=":
            same = isinstance(found, bool) == isinstance(wanted, bool) and found == wanted
            return same == (condition.operator == "=")
        case "contains":
            text = str(found).lower() if isinstance(found, bool) else str(found)
            return str(wanted).lower() in text.lower()
        case "=~" | "!~":
            matches = isinstance(found, str) and expression(str(wanted))(found)
            return isinstance(found, str) and matches == (condition.operator == MATCHES)
        case _:
            if isinstance(found, bool) or not (
                isinstance(found, int | float) and isinstance(wanted, int | float)
            ):
                return False
            return bool(_ORDERS[condition.operator](found, wanted))
