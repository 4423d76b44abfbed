"""Keeps the database within a number of bytes: what arrived first goes first, of all three signals.

A trace counts as arrived when its last span did, so that a long one is not cut in half.
"""

import sqlite3

_KEEP_FRACTION = 0.9
_PART_OF_ARRIVALS = 10
_OLDEST = """SELECT min(oldest) FROM (
    SELECT min(arrival) AS oldest FROM traces
    UNION ALL SELECT min(arrival) FROM logs
    UNION ALL SELECT min(arrival) FROM metrics)"""
_NEWEST = _OLDEST.replace("min", "max")
_FORGET = (
    """DELETE FROM bodies WHERE id IN (SELECT s.id FROM spans s WHERE s.trace IN
        (SELECT id FROM traces WHERE arrival <= ?))""",
    "DELETE FROM spans WHERE trace IN (SELECT id FROM traces WHERE arrival <= ?)",
    "DELETE FROM links WHERE from_trace_id IN (SELECT trace_id FROM traces WHERE arrival <= ?)",
    "DELETE FROM traces WHERE arrival <= ?",
    "DELETE FROM logs WHERE arrival <= ?",
    "DELETE FROM metrics WHERE arrival <= ?",
    "DELETE FROM entries WHERE arrival <= ?",
    "DELETE FROM edges WHERE arrival <= ?",
)
_TIDY = (
    """DELETE FROM origins WHERE id NOT IN (SELECT resource FROM spans
        UNION SELECT scope FROM spans UNION SELECT resource FROM logs UNION SELECT scope FROM logs
        UNION SELECT resource FROM metrics UNION SELECT scope FROM metrics)""",
    "DELETE FROM operations WHERE id NOT IN (SELECT operation FROM spans)",
    "DELETE FROM families WHERE NOT EXISTS (SELECT 1 FROM metrics WHERE family = families.id)",
    """DELETE FROM blocks WHERE signal = 1 AND NOT EXISTS
        (SELECT 1 FROM spans WHERE id BETWEEN number * 1024 AND number * 1024 + 1023)""",
    """DELETE FROM blocks WHERE signal = 2 AND NOT EXISTS
        (SELECT 1 FROM logs WHERE id BETWEEN number * 1024 AND number * 1024 + 1023)""",
    """DELETE FROM columns WHERE NOT EXISTS
        (SELECT 1 FROM blocks WHERE signal = columns.signal AND number = columns.block)""",
)


def used_bytes(connection: sqlite3.Connection) -> int:
    """Bytes of the pages in use; the file itself may be larger by pages that wait to be used again."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    used: int = (pages - free) * size
    return used


def forget_oldest(connection: sqlite3.Connection, limit_bytes: int) -> None:
    """Delete the oldest arrivals when over the limit, until a tenth of it is free again."""
    if used_bytes(connection) <= limit_bytes:
        return
    _forget_until(connection, 0)  # first what nothing needs, as resources that came without records
    while used_bytes(connection) > limit_bytes * _KEEP_FRACTION:
        oldest = connection.execute(_OLDEST).fetchone()[0]
        if oldest is None:
            return
        newest = connection.execute(_NEWEST).fetchone()[0]
        _forget_until(connection, oldest + (newest - oldest) // _PART_OF_ARRIVALS)


def _forget_until(connection: sqlite3.Connection, arrival: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _FORGET:
            connection.execute(statement, (arrival,))
        for statement in _TIDY:
            connection.execute(statement)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
