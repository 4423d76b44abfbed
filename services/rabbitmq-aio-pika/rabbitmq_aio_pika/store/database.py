"""One SQLite file, one connection, one transaction at a time; what is committed is on the disk.

The file is held by one process: SQLite cannot lock single rows, so two dispatchers would send all twice.
aiosqlite has no instrumentation here; its statements take microseconds, and what they are about has spans.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite

from otelkit import ConfigurationError

Row = tuple[Any, ...]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS shipments (
    id TEXT PRIMARY KEY, request TEXT NOT NULL, state TEXT NOT NULL, changed_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
    message_id TEXT PRIMARY KEY, exchange TEXT NOT NULL, routing_key TEXT NOT NULL, kind TEXT NOT NULL,
    priority INTEGER, headers TEXT NOT NULL, body BLOB NOT NULL, context TEXT NOT NULL,
    written_at REAL NOT NULL, due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, reason TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due_at, written_at);
CREATE TABLE IF NOT EXISTS processed (
    queue TEXT NOT NULL, message_id TEXT NOT NULL, processed_at REAL NOT NULL, PRIMARY KEY (queue, message_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS processed_at ON processed (processed_at);
CREATE TABLE IF NOT EXISTS scans (
    id TEXT PRIMARY KEY, shipment_id TEXT NOT NULL, place TEXT NOT NULL, scanned_at REAL NOT NULL
) WITHOUT ROWID;
"""


class Transaction:
    """Statements of one transaction."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def run(self, statement: str, *values: Any) -> list[Row]:
        """Run a statement; its rows."""
        return [tuple(row) for row in await self._connection.execute_fetchall(statement, values)]

    async def insert(self, statement: str, *values: Any) -> bool:
        """Run an `INSERT OR IGNORE ... RETURNING`; whether the row is new."""
        return bool(await self.run(statement, *values))

    async def run_many(self, statement: str, rows: Iterable[Row]) -> None:
        """Run a statement for each row."""
        await (await self._connection.executemany(statement, rows)).close()


class Database:
    """Transactions, one after the other."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commit what the block does, or nothing of it. Raises sqlite3.Error."""
        async with self._turn:
            try:
                await self._connection.execute_fetchall("BEGIN IMMEDIATE")
                yield Transaction(self._connection)
                await self._connection.commit()
            except BaseException:  # a cancelled statement is carried out in its thread all the same
                await self._connection.rollback()
                raise

    async def read(self, statement: str, *values: Any) -> list[Row]:
        """Run one statement that only reads; its rows. Raises sqlite3.Error."""
        async with self._turn:
            return await Transaction(self._connection).run(statement, *values)

    async def close(self) -> None:
        """Let go of the file."""
        async with self._turn:
            await self._connection.close()


@asynccontextmanager
async def open_database(file: Path) -> AsyncIterator[Database]:
    """Open the file, and create what is missing. Raises ConfigurationError with a remedy."""
    connection = await _connect(file)
    database = Database(connection)
    try:
        yield database
    finally:
        await database.close()


async def _connect(file: Path) -> aiosqlite.Connection:
    connection = None
    try:
        # First without aiosqlite, whose thread of a failed connection may outlive the loop, and say so.
        await asyncio.to_thread(lambda: sqlite3.connect(file).close())
        connection = await aiosqlite.connect(file, isolation_level=None, timeout=1)
        await connection.execute_fetchall("PRAGMA locking_mode = EXCLUSIVE")
        await connection.execute_fetchall("PRAGMA journal_mode = WAL")
        await connection.execute_fetchall("PRAGMA synchronous = FULL")
        await (await connection.executescript(_SCHEMA)).close()
    except sqlite3.Error as error:
        if connection is not None:
            await connection.close()
        remedy = "set RABBITMQ_AIO_PIKA_STORE to a file that is this process's own"
        raise ConfigurationError(f"the store {file} cannot be used: {error} ({remedy})") from error
    return connection
