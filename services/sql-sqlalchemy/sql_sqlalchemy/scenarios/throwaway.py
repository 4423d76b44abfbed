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
    """Create a database beside the one named; drop it when the block is left, whoever is still connected."""
    if url.get_backend_name() == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield url.set(database=str(Path(folder) / "ledger.sqlite"))
        return
    name = f"ledger_{uuid4().hex[:12]}"
    await _execute(url, f"CREATE DATABASE {name}")
    try:
        yield url.set(database=name)
    finally:
        force = " WITH (FORCE)" if url.get_backend_name() == "postgresql" else ""
        await _execute(url, f"DROP DATABASE {name}{force}")


async def _execute(url: URL, statement: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with suppress_instrumentation():
            async with engine.connect() as connection:
                await connection.exec_driver_sql(statement)
    finally:
        await engine.dispose()
