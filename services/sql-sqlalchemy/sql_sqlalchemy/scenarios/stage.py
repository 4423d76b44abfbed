"""A scenario's tables, seeded before telemetry starts: only what the scenario is about is traced."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from sql_sqlalchemy.migrate import prepare_database
from sql_sqlalchemy.scenarios import Scenario
from sql_sqlalchemy.scenarios.throwaway import throwaway_database
from sql_sqlalchemy.settings import Settings
from sql_sqlalchemy.store.address import read_address
from sql_sqlalchemy.store.engine import open_engine

SEEDING_SECONDS = 60.0  # thousands of rows are no customer's request


@asynccontextmanager
async def seeded(scenario: Scenario, settings: Settings) -> AsyncIterator[URL]:
    """Give the address of a database with the scenario's rows. Raises ConfigurationError."""
    url = read_address(settings.database_url.get_secret_value())
    async with throwaway_database(url) as own:
        secret = SecretStr(own.render_as_string(hide_password=False))
        await prepare_database(settings.model_copy(update={"database_url": secret}))
        engine = open_engine(own, settings.model_copy(update={"statement_seconds": SEEDING_SECONDS}))
        try:
            await scenario.seed(engine)
        finally:
            await engine.dispose()
        yield own


@asynccontextmanager
async def on_stage(scenario: Scenario, url: URL, settings: Settings) -> AsyncIterator[AsyncEngine]:
    """Give an engine with the scenario's own settings."""
    engine = open_engine(url, settings.model_copy(update=scenario.settings))
    try:
        yield engine
    finally:
        await engine.dispose()
