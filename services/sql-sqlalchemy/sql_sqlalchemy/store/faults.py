"""What a driver's exception means for the transaction that it ended.

Codes: PostgreSQL's SQLSTATE (appendix A of its manual), MariaDB's error numbers, SQLite's result codes.
asyncpg's errors while connecting come unwrapped, because SQLAlchemy knows no connection yet.
"""

from enum import StrEnum

import asyncpg  # type: ignore[import-untyped]  # it has no types
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class Fault(StrEnum):
    """Kinds of failure that are not the statement's fault; values are low-cardinality `error.type`s."""

    # Two transactions; this one was rolled back and may run again. Also when both inserted one key: keys are
    # made before the first attempt, so the next attempt finds the row.
    COLLISION = "collision"
    LOST = "lost_connection"  # nobody knows whether a commit that was under way took place
    POOL = "pool_exhausted"
    SLOW = "statement_timeout"


_FAULTS: dict[str | int, Fault] = {
    **dict.fromkeys(("40001", "40P01", "55P03", "23505"), Fault.COLLISION),
    **dict.fromkeys(("57P01", "57P02", "57P03", "57P05", "53300", "25P03"), Fault.LOST),
    "57014": Fault.SLOW,
    **dict.fromkeys((1213, 1205, 1020, 1062), Fault.COLLISION),
    **dict.fromkeys((1040, 1053, 1927, 2002, 2003, 2006, 2013, 2014, 2055), Fault.LOST),
    **dict.fromkeys((1969, 3024), Fault.SLOW),
}
_SQLITE = {5: Fault.COLLISION, 6: Fault.COLLISION, 9: Fault.SLOW, 10: Fault.LOST, 14: Fault.LOST}
_SQLITE_KEYS = {1555, 2067}  # constraints: primary key, unique
_PERMANENT = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)


def code_of(error: BaseException) -> str | int | None:
    """Give the database's own code of an error, if it has one."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    if origin is not None and origin.args and isinstance(origin.args[0], int):
        return origin.args[0]  # MariaDB's drivers; their SQLSTATE says less
    return getattr(origin, "sqlstate", None) or getattr(origin, "sqlite_errorcode", None)


def fault_of(error: BaseException) -> Fault | None:
    """Name the fault, or None for everything that asking again would not mend."""
    if isinstance(error, PoolTimeoutError):
        return Fault.POOL
    if isinstance(error, _PERMANENT):
        return None
    code = code_of(error)
    if hasattr(getattr(error, "orig", None), "sqlite_errorcode"):
        number = int(code or 0)
        # The low byte is the kind of result; the rest says more than we need.
        return Fault.COLLISION if number in _SQLITE_KEYS else _SQLITE.get(number & 0xFF)
    if code in _FAULTS:
        return _FAULTS[code]
    return Fault.LOST if _is_lost(error, code) else None


def _is_lost(error: BaseException, code: str | int | None) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(code, str) and code.startswith("08"):  # SQLSTATE class 08: connection exception
        return True
    cause = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else error
    # TimeoutError is an OSError: a server that is reached and says nothing.
    return isinstance(cause, OSError | asyncpg.InterfaceError)


def reason_of(error: BaseException) -> str:
    """Say in one line what a driver said, without statement and parameters."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    lines = str(cause).strip().splitlines()
    return f"{type(cause).__name__}: {lines[0]}" if lines else type(cause).__name__
