"""The SQLite file: one connection that writes, one a request that reads.

WAL mode lets readers go on while the writer commits; a commit survives the end of
this process. What was committed in the last moments before a power cut may be lost.
"""

import logging
import math
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path

from otelkit.errors import ConfigurationError

_QUERY_SECONDS = 5.0
_LOCKED_SECONDS = 1.0  # senders try again, so the writer need not wait long for another program
_INSTRUCTIONS_BETWEEN_CHECKS = 10_000
_VERSION = 2

_log = logging.getLogger(__name__)
_thread = threading.local()


class QueryTooSlowError(RuntimeError):
    """A query that would have taken longer than a reader may."""


def check_deadline() -> None:
    """For long work outside of SQLite; raises QueryTooSlowError once this thread's query has had its time."""
    if time.monotonic() > getattr(_thread, "deadline", math.inf):
        raise QueryTooSlowError


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Open or create the file; one with older tables is set aside, which is logged.

    Raises ConfigurationError naming the file when that cannot be.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _set_older_aside(path)
        connection = sqlite3.connect(
            path, timeout=_LOCKED_SECONDS, isolation_level=None, check_same_thread=False
        )
        _prepare(connection)
    except (sqlite3.Error, OSError) as error:
        raise ConfigurationError(
            f"--database {path} cannot be used ({error}): name a file this user may write, or delete it"
        ) from error
    return connection


def _set_older_aside(path: Path) -> None:
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=_LOCKED_SECONDS)) as connection:
        version = _version(connection)
    if 0 < version < _VERSION:
        aside = f"{path}.version-{version}"
        for more in ("", "-wal", "-shm"):
            if (file := Path(f"{path}{more}")).exists():
                file.rename(f"{aside}{more}")
        _log.warning("%s has tables of version %d: it is now %s, a new one is begun", path, version, aside)


def _version(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA journal_size_limit = 16777216")
    connection.execute("PRAGMA cache_size = -4096")
    found = _version(connection)
    if found not in (0, _VERSION):
        raise sqlite3.DatabaseError(f"it has version {found} of the tables, this program has {_VERSION}")
    connection.executescript(files("otelkit.viewer").joinpath("schema.sql").read_text("utf-8"))
    connection.execute(f"PRAGMA user_version = {_VERSION}")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that reads and sees nothing change; raises QueryTooSlowError after five seconds."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    deadline = _thread.deadline = time.monotonic() + _QUERY_SECONDS
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA query_only = 1")
        connection.execute("PRAGMA cache_size = -2048")
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _INSTRUCTIONS_BETWEEN_CHECKS)
        connection.execute("BEGIN")
        yield connection
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise QueryTooSlowError from error
        raise
    finally:
        _thread.deadline = math.inf
        connection.close()
