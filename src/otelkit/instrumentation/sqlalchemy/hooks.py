"""Puts the instrumentation into SQLAlchemy and takes it out again.

Listeners on classes see every engine, made before or after, sync or asyncio (an AsyncEngine drives a sync
one), in any order of imports; nothing that creates engines is wrapped, so nothing can be attached twice.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool, PoolProxiedConnection

from otelkit.instrumentation.sqlalchemy import connections, queries, transactions

LISTENERS: tuple[tuple[Any, str, Callable[..., Any], dict[str, bool]], ...] = (
    (Engine, "before_cursor_execute", queries.before_execute, {"retval": True}),
    (Engine, "after_cursor_execute", queries.after_execute, {}),
    (Engine, "handle_error", queries.after_error, {}),
    (Engine, "begin", transactions.begin, {}),
    (Engine, "begin_twophase", transactions.begin, {}),
    (Engine, "commit", transactions.prepare_end, {}),
    (Engine, "rollback", transactions.prepare_end, {}),
    (Engine, "commit_twophase", transactions.prepare_end, {}),
    (Engine, "rollback_twophase", transactions.prepare_end, {}),
    (Pool, "connect", connections.note_created, {}),
    (Pool, "checkin", connections.note_returned, {}),
)

RawConnection = Callable[[Engine], PoolProxiedConnection]
_ASKING = "raw_connection"  # there is no event for asking
_MARK = "otelkit_measured"


def install() -> None:
    """Listen, and measure lending; does nothing when it is done already."""
    if event.contains(Engine, "before_cursor_execute", queries.before_execute):
        return
    for target, name, listener, options in LISTENERS:
        event.listen(target, name, listener, **options)
    if not _is_measured(Engine.raw_connection):
        setattr(Engine, _ASKING, _measured(Engine.raw_connection))


def remove() -> None:
    """Take everything out; under another's wrapper ours stays, and does nothing."""
    for target, name, listener, _ in LISTENERS:
        event.remove(target, name, listener)
    outermost = Engine.raw_connection.__dict__
    if _MARK in outermost:
        setattr(Engine, _ASKING, outermost["__wrapped__"])


def _measured(original: RawConnection) -> RawConnection:
    @wraps(original)
    def raw_connection(self: Engine) -> PoolProxiedConnection:
        return connections.lend(original, self)

    raw_connection.__dict__[_MARK] = True
    return raw_connection


def _is_measured(function: Any) -> bool:
    while function is not None and _MARK not in function.__dict__:
        function = getattr(function, "__wrapped__", None)
    return function is not None
