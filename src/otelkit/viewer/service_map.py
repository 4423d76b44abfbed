"""Which service calls which, how often, with how many errors and for how long."""

import sqlite3
from dataclasses import dataclass, field

_MINUTE_NANOS = 60 * 10**9
_SELECT = """SELECT caller, callee, kind, size, sum(calls), sum(errors), total(nanos) FROM edges
WHERE minute BETWEEN ? AND ? GROUP BY caller, callee, kind, size"""
_MOST_EDGES = 1_000


@dataclass
class Edge:
    """Calls of one service by another; `kind` is call, message or database (then `callee` is its system).

    Durations are those of the called side, but for a database, which says nothing itself.
    """

    caller: str
    callee: str
    kind: str
    calls: int = 0
    errors: int = 0
    total_nanos: float = 0
    sizes: dict[int, int] = field(default_factory=dict)  # calls by power of the square root of two

    @property
    def mean_nanos(self) -> float:
        """Mean duration."""
        return self.total_nanos / self.calls if self.calls else 0.0

    def percentile_nanos(self, fraction: float) -> float:
        """Duration that this fraction of calls does not exceed by more than a fifth."""
        left = fraction * self.calls
        for size, calls in sorted(self.sizes.items()):
            left -= calls
            if left <= 0:
                return float(2 ** ((size + 0.5) / 2))
        return 0.0


def service_edges(connection: sqlite3.Connection, start_nanos: int, end_nanos: int) -> list[Edge]:
    """Edges with calls in the minutes that a time range touches, those with most calls first."""
    edges: dict[tuple[str, str, str], Edge] = {}
    minutes = (start_nanos // _MINUTE_NANOS, end_nanos // _MINUTE_NANOS)
    for caller, callee, kind, size, calls, errors, nanos in connection.execute(_SELECT, minutes):
        edge = edges.setdefault((caller, callee, kind), Edge(caller, callee, kind))
        edge.calls += calls
        edge.errors += errors
        edge.total_nanos += nanos
        edge.sizes[size] = calls
    return sorted(edges.values(), key=lambda edge: -edge.calls)[:_MOST_EDGES]
