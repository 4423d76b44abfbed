"""sql-sqlalchemy as a drill's victim, and what its database has to say afterwards."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import asyncpg  # type: ignore[import-untyped]  # it has no types

from bench.servers import discarding_receiver
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from tests.e2e.drills.transfer_clients import Client


@dataclass(frozen=True)
class Money:
    """Cents by account, what the recorded transfers moved, the ids of those and of waiting messages."""

    balances: dict[str, int]
    moved: Counter[str]
    transfers: set[str]
    waiting: set[str]


@contextmanager
def ledger_service(database_url: str) -> Iterator[ServiceProcess]:
    """Run the service on that database, its telemetry received and let go."""
    port = free_port()
    with discarding_receiver() as endpoint:
        environ = {
            "DATABASE_URL": database_url,
            "SQL_SQLALCHEMY_PORT": str(port),
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        }
        with ServiceProcess([sys.executable, "-m", "sql_sqlalchemy"], environ, port) as service:
            yield service.wait_until_listening()


async def open_accounts(address: str, count: int, cents: int) -> list[str]:
    """Open accounts with a first balance; their ids."""
    client = Client(address)
    body: dict[str, object] = {"owner": "owner", "balance_cents": cents}
    answers = [await client.post("/accounts", body) for _ in range(count)]
    client.close()
    return [answer["id"] for _, answer in answers]


async def read_money(database_url: str) -> Money:
    """Ask the database, past the service, in one snapshot."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            accounts = await connection.fetch("SELECT id, balance_cents FROM accounts")
            transfers = await connection.fetch("SELECT * FROM transfers")
            outbox = await connection.fetch("SELECT key FROM outbox WHERE topic = 'transfers.made'")
    finally:
        await connection.close()
    moved = Counter[str]()
    for transfer in transfers:
        moved[str(transfer["to_account"])] += transfer["amount_cents"]
        moved[str(transfer["from_account"])] -= transfer["amount_cents"]
    return Money(
        {str(account["id"]): account["balance_cents"] for account in accounts},
        moved,
        {str(transfer["id"]) for transfer in transfers},
        {str(message["key"]) for message in outbox},
    )


def told_by(service: ServiceProcess) -> Counter[str]:
    """How often each message was handed on, by its key: the service logs them."""
    lines = (line for line in service.output().splitlines() if '"message dispatched"' in line)
    return Counter(json.loads(line)["attributes"]["shop.message.id"] for line in lines)
