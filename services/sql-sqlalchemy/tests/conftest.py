"""Databases of one test each, on SQLite and on real servers, and the service on top of them.

MariaDB is among them where its server is found; PostgreSQL always is.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from otelkit.testing import Sink
from otelkit.testing.servers.mariadb import RECIPE as MARIADB
from otelkit.testing.servers.program import find_program
from otelkit.testing.servers.server import Server
from sql_sqlalchemy.migrate import prepare_database
from sql_sqlalchemy.publisher import Send, log_message
from sql_sqlalchemy.scenarios.throwaway import create_database, drop_database
from sql_sqlalchemy.server import create_app
from sql_sqlalchemy.settings import Settings
from sql_sqlalchemy.startup import start_telemetry
from sql_sqlalchemy.store.address import read_address
from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.engine import open_engine
from sql_sqlalchemy.store.orders import OrderRepository
from sql_sqlalchemy.store.transfers import Ledger

T = TypeVar("T")
StartService = Callable[..., TestClient]

has_mariadb = bool(os.environ.get("MARIADB_URL")) or find_program(MARIADB, os.environ) is not None
SERVERS = ["postgres", *(["mariadb"] if has_mariadb else [])]
KINDS = ["sqlite", *(pytest.param(server, marks=pytest.mark.integration) for server in SERVERS)]


def run_apart(work: Callable[[], Awaitable[T]]) -> T:
    """Run a coroutine in a loop and thread of its own: fixtures must not touch the test's loop."""

    async def main() -> T:
        return await work()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, main()).result()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn; a test that is about one names it in its own parametrization."""
    return str(request.param)


@pytest.fixture
def empty_url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database without tables."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.sqlite'}"
        return
    server = read_address(request.getfixturevalue(f"{kind}_server").url)
    url = run_apart(lambda: create_database(server))
    yield url.render_as_string(hide_password=False)
    run_apart(lambda: drop_database(server, url))


@pytest.fixture
def settings(empty_url: str) -> Settings:
    """Settings of a service on a database that was migrated."""
    settings = Settings(database_url=SecretStr(empty_url), outbox_seconds=0.05, start_seconds=5)
    run_apart(lambda: prepare_database(settings))
    return settings


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """Transactions in that database."""
    engine = open_engine(read_address(settings.database_url.get_secret_value()), settings)
    yield Database(engine, settings.retry_seconds)
    await engine.dispose()


@pytest.fixture
def ledger(database: Database) -> Ledger:
    """Accounts in that database."""
    return Ledger(database)


@pytest.fixture
def orders(database: Database) -> OrderRepository:
    """Orders in that database."""
    return OrderRepository(database)


@pytest.fixture
def start_service(
    otlp_sink: Sink, reset_telemetry: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StartService]:
    """Start the service in this process with the given settings; its lifespan ends with the test."""
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    started: list[TestClient] = []

    def start(settings: Settings, send: Send = log_message) -> TestClient:
        app = create_app(settings, start_telemetry(), send)
        started.append(TestClient(app, raise_server_exceptions=False))
        return started[-1].__enter__()

    yield start
    for client in started:
        client.__exit__(None, None, None)


@pytest.fixture
def client(start_service: StartService, settings: Settings) -> TestClient:
    """A client of the service on that database."""
    return start_service(settings)


@pytest.fixture
def account(client: TestClient) -> str:
    """An account with a hundred euros."""
    answer: dict[str, Any] = client.post("/accounts", json={"owner": "Ann", "balance_cents": 10_000}).json()
    return str(answer["id"])


@pytest.fixture
def impatient(own_postgres_server: Server) -> Settings:
    """Settings on a server that the test may kill; every bound is short."""
    settings = Settings(
        database_url=SecretStr(own_postgres_server.url),
        start_seconds=5,
        statement_seconds=0.5,
        retry_seconds=2,
        outbox_seconds=0.05,
    )
    run_apart(lambda: prepare_database(settings))
    return settings
