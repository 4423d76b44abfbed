"""Four ways to make a database slow, each as it looks in a trace before and after the fix.

`make run SERVICE=sql-sqlalchemy SCENARIO=n-plus-one`, with DATABASE_URL also on PostgreSQL or MariaDB. A
scenario has tables of its own, in a database that is there for as long as it runs.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind
from sqlalchemy.ext.asyncio import AsyncEngine

Act = Callable[[AsyncEngine], Awaitable[None]]


@dataclass(frozen=True)
class Scenario:
    """What fills the tables, what went wrong, what was done about it; `settings` are those of its engine."""

    explanation: str
    seed: Act
    before: Act
    after: Act
    settings: dict[str, float | int]


async def seed_nothing(_: AsyncEngine) -> None:
    """Leave the tables empty."""


def observe(name: str, kind: SpanKind = SpanKind.INTERNAL) -> AbstractContextManager[Span]:
    """Start a span of the scenario's own."""
    return trace.get_tracer(__name__).start_as_current_span(name, kind=kind)
