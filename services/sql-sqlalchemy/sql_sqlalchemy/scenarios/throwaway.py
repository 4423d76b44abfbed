"""A database that nobody else uses and that is gone afterwards, on the server that DATABASE_URL names."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from opentelemetry.instrumentation.utils import suppress_instrumentation
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


@asynccontextmanager
async def throwaway_database(url: URL) -> AsyncIterator[URL]:
    """Create a database and drop it when the block is left, whoever is still connected."""
    if url.get_backend_name() == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield url.set(database=str(Path(folder) / "ledger.sqlite"))
        return
    own = await create_database(url)
    try:
        yield own
    finally:
        await drop_database(url, own)


async def create_database(server: URL) -> URL:
    """Create an empty database beside the one named."""
    name = f"ledger_{uuid4().hex[:12]}"
    await _execute(server, f"CREATE DATABASE {name}")
    return server.set(database=name)


async def drop_database(server: URL, database: URL) -> None:
    """Drop what create_database() gave."""
    force = " WITH (FORCE)" if server.get_backend_name() == "postgresql" else ""
    await _execute(server, f"DROP DATABASE {database.database}{force}")


async def _execute(url: URL, statement: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with suppress_instrumentation():
            async with engine.connect() as connection:
                await connection.exec_driver_sql(statement)
    finally:
        await engine.dispose()
