"""Puts the instrumentation into SQLAlchemy and takes it out again.

Who asks an engine for a connection tells of the engine: made before or after, sync or asyncio (an AsyncEngine
drives a sync one), in any order of imports. Nothing that creates engines is wrapped, so nothing can be
attached twice, and an engine that is not watched pays nothing for its queries.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from otelkit.instrumentation.sqlalchemy import connections
from otelkit.instrumentation.sqlalchemy.engines import ENGINES, Watched
from otelkit.instrumentation.sqlalchemy.queries import trace_queries
from otelkit.instrumentation.sqlalchemy.transactions import trace_transactions

LISTENERS: dict[str, Callable[..., None]] = {
    "connect": connections.note_created,
    "checkin": connections.note_returned,
}
_ASKING = "raw_connection"  # there is no event for asking
_MARK = "otelkit_measured"


def install() -> None:
    """Listen, and measure lending; does nothing when it is done already."""
    if event.contains(Pool, "connect", connections.note_created):
        return
    ENGINES.attach = _attach
    for name, listener in LISTENERS.items():
        event.listen(Pool, name, listener)
    if not _is_measured(Engine.raw_connection):
        replacement = connections.measured(Engine.raw_connection)
        replacement.__dict__[_MARK] = True
        setattr(Engine, _ASKING, replacement)


def remove() -> None:
    """Take everything out; under another's wrapper ours stays, and does nothing."""
    for name, listener in LISTENERS.items():
        event.remove(Pool, name, listener)
    outermost = Engine.raw_connection.__dict__
    if _MARK in outermost:
        setattr(Engine, _ASKING, outermost["__wrapped__"])


def _attach(engine: Engine, watched: Watched) -> None:
    trace_queries(watched, engine.dialect)
    if watched.has_transactions:
        trace_transactions(watched, engine)


def _is_measured(function: Any) -> bool:
    while function is not None and _MARK not in function.__dict__:
        function = getattr(function, "__wrapped__", None)
    return function is not None
