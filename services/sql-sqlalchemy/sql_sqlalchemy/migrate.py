"""Bring the database to the revision that this code needs: at start, or `python -m sql_sqlalchemy.migrate`.

All migrations of one start run in one transaction, so that a failing one leaves the database as it was;
MariaDB commits at each DDL statement, and there the message says so. Replicas that start together take turns.
One OpenTelemetry decision: one span around all of it, with an event for each revision; statements are below.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from pydantic import ValidationError
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from otelkit import ConfigurationError
from sql_sqlalchemy.settings import Settings
from sql_sqlalchemy.store.address import place_of, read_address
from sql_sqlalchemy.store.engine import open_engine
from sql_sqlalchemy.store.faults import reason_of
from sql_sqlalchemy.store.reachable import wait_until_reachable
from sql_sqlalchemy.store.work import unit_of_work

# Any name and number that no other program of the same database locks.
_TURNS = {
    "postgresql": "SELECT pg_advisory_xact_lock(5820101)",
    **dict.fromkeys(("mysql", "mariadb"), "SELECT GET_LOCK('ledger', 60)"),
}
_PATIENCE_SECONDS = 60.0  # a migration may take longer than a statement of a request


_log = logging.getLogger(__name__)


class MigrationError(ConfigurationError):
    """The database is not at the revision that this code needs."""


async def prepare_database(settings: Settings, config: Config | None = None) -> None:
    """Wait for the database, then migrate it, or check that somebody did.

    Raises ConfigurationError with one line.
    """
    url = read_address(settings.database_url.get_secret_value())
    patience = max(_PATIENCE_SECONDS, settings.statement_seconds)
    engine = open_engine(url, settings.model_copy(update={"statement_seconds": patience}), pooled=False)
    config = config or alembic_config()
    try:
        await wait_until_reachable(engine, settings.start_seconds)
        if settings.migrate:
            await migrate(engine, config)
        else:
            await _require_newest(engine, config)
    finally:
        await engine.dispose()


def alembic_config() -> Config:
    """Give Alembic's configuration; there is no .ini file."""
    logging.getLogger("alembic").setLevel("WARNING")  # our own line says what was done
    config = Config()
    config.set_main_option("script_location", "sql_sqlalchemy:migrations")
    return config


async def migrate(engine: AsyncEngine, config: Config) -> list[str]:
    """Run what is missing; the revisions that were applied. Raises MigrationError."""
    applied: list[str] = []
    with unit_of_work("migrate database") as span:

        def note(step: Any, **_: object) -> None:
            applied.append(step.up_revision_id)
            _log.info("migration applied", extra={"shop.migration.revision": step.up_revision_id})
            span.add_event("migration applied", {"shop.migration.revision": step.up_revision_id})

        try:
            async with engine.begin() as connection:
                if turn := _TURNS.get(engine.dialect.name):
                    await connection.execute(text(turn))
                await connection.run_sync(_run_alembic, config, note)
        except (SQLAlchemyError, CommandError, OSError) as error:
            raise MigrationError(_explain(engine, config, applied, error)) from error
    return applied


def _run_alembic(connection: Connection, config: Config, note: Callable[..., None]) -> None:
    config.attributes.update(connection=connection, on_version_apply=note)
    command.upgrade(config, "head")


def _explain(engine: AsyncEngine, config: Config, applied: list[str], error: Exception) -> str:
    place, reason = place_of(engine.url), reason_of(error)
    if isinstance(error, CommandError):  # for one, the database is newer than this code
        return f"{place} cannot be migrated: {reason}"
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    failed = revisions[revisions.index(applied[-1]) + 1 :] if applied else revisions
    outcome = "the database is as it was before"
    if engine.dialect.name in ("mysql", "mariadb"):
        outcome = f"{engine.dialect.name} has no transactions for this: look what of it is done"
    return f"{place}: migration {failed[0] if failed else 'commit'} failed, {outcome}: {reason}"


async def _require_newest(engine: AsyncEngine, config: Config) -> None:
    async with engine.connect() as connection:
        there = await connection.run_sync(
            lambda sync: MigrationContext.configure(sync).get_current_revision()
        )
    newest = ScriptDirectory.from_config(config).get_current_head()
    if there != newest:
        remedy = "run `python -m sql_sqlalchemy.migrate` or set SQL_SQLALCHEMY_MIGRATE=true"
        found = f"is at revision {there}" if there else "has no tables"
        raise MigrationError(f"{place_of(engine.url)} {found}, this service needs {newest}: {remedy}")


if __name__ == "__main__":
    try:
        asyncio.run(prepare_database(Settings(migrate=True)))
    except (ConfigurationError, ValidationError) as wrong:
        sys.exit(f"sql-sqlalchemy: {wrong}")
