"""A real PostgreSQL through the fixtures: all of its processes are killed, frozen and thawed together."""

import asyncio
import os
import signal
import subprocess
import sys

import asyncpg  # type: ignore[import-untyped]  # it has no types
import pytest

from otelkit.testing.servers.descendants import descendants_of
from otelkit.testing.servers.server import Server

pytestmark = pytest.mark.integration


async def test_shared_server_answers(postgres_server: Server) -> None:
    connection = await asyncpg.connect(postgres_server.url)
    try:
        assert await connection.fetchval("SELECT 1") == 1
    finally:
        await connection.close()


async def test_what_was_committed_survives_kill_9_and_restart(own_postgres_server: Server) -> None:
    connection = await asyncpg.connect(own_postgres_server.url)
    await connection.execute("CREATE TABLE orders AS SELECT 'tea' AS item")

    own_postgres_server.kill()
    with pytest.raises((asyncpg.PostgresConnectionError, OSError)):
        await connection.execute("SELECT 1")
    own_postgres_server.restart()

    connection = await asyncpg.connect(own_postgres_server.url)
    try:
        assert await connection.fetchval("SELECT item FROM orders") == "tea"
    finally:
        await connection.close()


async def test_frozen_server_is_silent_on_open_connections_until_it_thaws(
    own_postgres_server: Server,
) -> None:
    connection = await asyncpg.connect(own_postgres_server.url)

    own_postgres_server.freeze()
    answer = asyncio.create_task(connection.fetchval("SELECT 'tea'"))
    done, _ = await asyncio.wait([answer], timeout=0.3)
    own_postgres_server.thaw()

    assert not done
    assert await answer == "tea"
    await connection.close()


def test_children_are_found_however_deep_and_whatever_group_they_lead() -> None:
    script = "import os, time; os.setsid(); print(os.getpid(), flush=True); time.sleep(60)"
    shell = f"{sys.executable} -c '{script}'; true"
    with subprocess.Popen(["sh", "-c", shell], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        inner = int(process.stdout.readline())
        found = descendants_of(os.getpid())
        for pid in (inner, process.pid):
            os.kill(pid, signal.SIGKILL)

    assert {process.pid, inner} <= set(found)
    assert inner not in descendants_of(os.getpid())
