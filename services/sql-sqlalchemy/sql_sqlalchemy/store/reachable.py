"""Waiting for a database that is still starting, and not for one that will never let us in."""

import asyncio
import logging
import sqlite3
import time

from opentelemetry.instrumentation.utils import suppress_instrumentation
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncEngine

from otelkit import ConfigurationError
from sql_sqlalchemy.store.address import place_of
from sql_sqlalchemy.store.faults import Fault, fault_of, reason_of

_log = logging.getLogger(__name__)
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 2.0


async def wait_until_reachable(engine: AsyncEngine, timeout_seconds: float) -> None:
    """Return when a statement was answered.

    Raises ConfigurationError: one line that says where the database is looked for, and why it did not work.
    """
    deadline, pause = time.monotonic() + timeout_seconds, _FIRST_PAUSE_SECONDS
    while (error := await _try(engine)) is not None:
        reason, place = reason_of(error), place_of(engine.url)
        if fault_of(error) is not Fault.LOST or _is_file(engine.url):
            raise ConfigurationError(f"{place} cannot be used: {reason} (check DATABASE_URL)") from error
        if time.monotonic() + pause > deadline:
            message = f"{place} did not answer within {timeout_seconds:g} s: {reason}"
            raise ConfigurationError(f"{message} (start it, or check DATABASE_URL)") from error
        _log.warning("database does not answer yet", extra={"db.place": place, "error.type": reason})
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


async def _try(engine: AsyncEngine) -> Exception | None:
    try:
        if _is_file(engine.url):
            # First without aiosqlite: its thread of a failed connection may outlive the loop, and say so.
            await asyncio.to_thread(lambda: sqlite3.connect(engine.url.database or ":memory:").close())
        with suppress_instrumentation():  # a question that is asked until it is answered says nothing
            async with engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
    except Exception as error:  # noqa: BLE001 - each driver raises its own; the caller tells them apart
        return error
    return None


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"
