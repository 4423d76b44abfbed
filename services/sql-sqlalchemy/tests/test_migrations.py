"""The schema: what migrations make is what the models say, and one that fails leaves nothing behind."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from otelkit.testing import Sink
from sql_sqlalchemy.migrate import MigrationError, alembic_config, migrate, prepare_database
from sql_sqlalchemy.settings import Settings
from sql_sqlalchemy.store.address import read_address
from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.engine import open_engine
from sql_sqlalchemy.store.models import Base

BROKEN = Path(__file__).with_name("broken_migration.py")


@pytest.fixture
def broken(tmp_path: Path) -> Config:
    """The real migrations, and one behind them that fails."""
    config = alembic_config()
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "9999_broken.py").write_text(BROKEN.read_text(encoding="utf-8"), encoding="utf-8")
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{real_versions()}\n{versions}")
    return config


def real_versions() -> Path:
    return Path(str(sys.modules["sql_sqlalchemy"].__file__)).parent / "migrations" / "versions"


@pytest.fixture
def unprepared(empty_url: str) -> Settings:
    """Settings of a service whose database has no tables."""
    return Settings(database_url=SecretStr(empty_url), start_seconds=5)


async def tables_of(settings: Settings) -> list[str]:
    engine = open_engine(read_address(settings.database_url.get_secret_value()), settings, pooled=False)
    async with engine.connect() as connection:
        return sorted(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def test_migrations_make_what_the_models_say(database: Database) -> None:
    def compare(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(compare) == []


async def test_second_start_changes_nothing(settings: Settings, database: Database) -> None:
    assert await migrate(database.engine, alembic_config()) == []
    await prepare_database(settings.model_copy(update={"migrate": False}))


async def test_services_that_start_together_take_turns(unprepared: Settings) -> None:
    environ = {**os.environ, "DATABASE_URL": unprepared.database_url.get_secret_value()}
    command = [sys.executable, "-m", "sql_sqlalchemy.migrate"]
    started = [await asyncio.create_subprocess_exec(*command, env=environ) for _ in range(3)]

    assert [await process.wait() for process in started] == [0, 0, 0]
    assert "orders" in await tables_of(unprepared)


@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.integration)], indirect=True
)
async def test_failing_migration_is_rolled_back_with_those_before_it(
    unprepared: Settings, broken: Config
) -> None:
    with pytest.raises(MigrationError, match="migration 9999 failed, the database is as it was") as caught:
        await prepare_database(unprepared, broken)

    assert await tables_of(unprepared) == []
    assert "\n" not in str(caught.value)
    assert "4711" not in str(caught.value)


async def test_database_that_is_newer_than_this_code_is_refused(
    unprepared: Settings, database_engine: AsyncEngine
) -> None:
    async with database_engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'newer'"))

    with pytest.raises(MigrationError, match=r"cannot be migrated: .*'newer'"):
        await prepare_database(unprepared)


@pytest.fixture
def database_engine(database: Database) -> AsyncEngine:
    """The engine of a migrated database."""
    return database.engine


async def test_service_that_may_not_migrate_says_who_has_to(unprepared: Settings) -> None:
    with pytest.raises(MigrationError, match=r"has no tables, this service needs 0001: run `python -m"):
        await prepare_database(unprepared.model_copy(update={"migrate": False}))


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_refusal_is_one_line_and_its_trace_is_exported(
    otlp_sink: Sink, settings: Settings, tmp_path: Path
) -> None:
    address = settings.database_url.get_secret_value()
    update = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
    update += "c.execute(\"UPDATE alembic_version SET version_num = 'newer'\"); c.commit(); c.close()"
    subprocess.run([sys.executable, "-c", update, str(tmp_path / "ledger.sqlite")], check=True)
    environ = {**os.environ, **otlp_sink.environment(), "DATABASE_URL": address}

    done = subprocess.run(
        [sys.executable, "-m", "sql_sqlalchemy"],
        env=environ,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert done.stderr.startswith("sql-sqlalchemy: SQLite file")
    assert [span.status for span in otlp_sink.spans() if span.name == "migrate database"] == ["ERROR"]
