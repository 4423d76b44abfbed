"""Conditions on what every span has: service, name, kind, status and duration."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from otelkit.viewer.conditions import Condition, holds
from otelkit.viewer.span_terms import operation_term, status_term

_FEW_OPERATIONS = 64
_OPERATION_FIELDS = {"resource.service.name": 1, "name": 2, "kind": 3}
_STATUSES = (0, 1, 2)
INTRINSICS = (*_OPERATION_FIELDS, "status", "duration")


@dataclass
class Demand:
    """SQL over `spans s` that is true where conditions hold, and what a block has to have.

    Of each group of `terms` a block has to have one; one of its spans has to last at least `least_nanos`.
    """

    clauses: list[str] = field(default_factory=list)
    parameters: list[str | int | float | bytes] = field(default_factory=list)
    terms: list[list[bytes]] = field(default_factory=list)
    least_nanos: float = 0
    impossible: bool = False

    def add(self, clause: str, *parameters: str | float | bytes) -> None:
        """Ask for a clause to be true as well."""
        self.clauses.append(clause)
        self.parameters += parameters


def demand_columns(connection: sqlite3.Connection, conditions: Sequence[Condition], demand: Demand) -> None:
    """Add what conditions on these fields demand."""
    on_status = [each for each in conditions if each.field == "status"]
    statuses = [status for status in _STATUSES if all(holds(status, each) for each in on_status)]
    on_operation = [each for each in conditions if each.field in _OPERATION_FIELDS]
    for each in (each for each in conditions if each.field == "duration"):
        _demand_duration(each, demand)
    if on_status:
        demand.add(f"s.status IN ({','.join(map(str, statuses))})")
    if on_operation:
        operations = list(_operations(connection, on_operation))
        demand.impossible |= not operations
        demand.add("s.operation IN (SELECT value FROM json_each(?))", json.dumps(operations))
        if len(operations) <= _FEW_OPERATIONS:
            demand.terms.append([operation_term(each, status) for each in operations for status in statuses])
            return
    if on_status:
        demand.terms.append([status_term(status) for status in statuses])


def _operations(connection: sqlite3.Connection, conditions: Sequence[Condition]) -> Iterator[int]:
    for row in connection.execute("SELECT id, service, name, kind FROM operations"):
        if all(holds(row[_OPERATION_FIELDS[each.field]], each) for each in conditions):
            yield row[0]


def _demand_duration(condition: Condition, demand: Demand) -> None:
    if not isinstance(condition.value, int | float):
        raise TypeError(f"a duration is a number of nanoseconds, not {condition.value!r}")
    demand.add(f"(s.end_nanos - s.start_nanos) {condition.operator} ?", condition.value)
    if condition.operator in ("=", ">", ">="):
        demand.least_nanos = max(demand.least_nanos, condition.value)
