"""PostgreSQL is killed with -9 under a storm of transfers, restarted, and killed again: money stays exact.

`--clients` move cents between accounts, each transfer under an id of its own, and ask again under that id
when they get a 503. Then the database itself is asked: accounts must hold what they began with and what the
recorded transfers moved, every transfer that a client saw confirmed must be recorded, and every recorded one
must have been told by the outbox, once or more often, or still wait in it.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Sequence

from bench.report import Row
from otelkit.testing.servers.postgres import RECIPE
from otelkit.testing.servers.server import Server
from otelkit.testing.servers.sources import open_server
from tests.e2e.drills.ledger import Money, ledger_service, open_accounts, read_money, told_by
from tests.e2e.drills.transfer_clients import Storm

KILLS = 2
AWAY_SECONDS = 1.0
OPENING_CENTS = 100_000
ACCOUNTS = 200
TRANSFERS_A_CLIENT_SECOND = 0.3  # below that there was no storm
EXPECTED = {201, 409, 503}
SLOWEST_SECONDS = 20.0


async def run_storm(address: str, server: Server, clients: int, seconds: float) -> Storm:
    """Let the clients move money, and kill the server in between."""
    storm = Storm(address, await open_accounts(address, ACCOUNTS, OPENING_CENTS))
    moving = asyncio.create_task(storm.run(clients, seconds))
    for _ in range(KILLS):
        await asyncio.sleep(seconds / (KILLS + 1) - AWAY_SECONDS)
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(AWAY_SECONDS)
        await asyncio.to_thread(server.restart)
    await moving
    return storm


def rows_of(storm: Storm, money: Money, told: Counter[str], least: float) -> list[Row]:
    """Hold what clients and receivers saw against what the database has."""
    wrong = [
        account
        for account, balance in money.balances.items()
        if balance != OPENING_CENTS + money.moved[account]
    ]
    off = abs(sum(money.balances.values()) - ACCOUNTS * OPENING_CENTS)
    odd = sum(count for status, count in storm.statuses.items() if status not in EXPECTED)
    again = 100 * (told.total() - len(told)) / max(1, len(told))
    return [
        Row("transfers confirmed", len(storm.confirmed), least, "transfers", "higher"),
        Row("sum of all accounts is off by", off, 0, "cents", "lower"),
        Row("accounts off what their transfers say", len(wrong), 0, "accounts", "lower"),
        Row("confirmed transfers missing", len(storm.confirmed - money.transfers), 0, "transfers", "lower"),
        Row("outbox messages lost", len(money.transfers - set(told) - money.waiting), 0, "messages", "lower"),
        Row("outbox messages of nothing", len(set(told) - money.transfers), 0, "messages", "lower"),
        Row("outbox messages sent again", round(again, 2), 5, "%", "lower"),
        Row("answers other than 201, 409, 503", odd, 0, "answers", "lower"),
        Row("answers 503", storm.statuses[503], None, "answers", "lower"),
        Row("slowest answer", round(storm.slowest_seconds, 1), SLOWEST_SECONDS, "s", "lower"),
    ]


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args(arguments)
    with open_server(RECIPE, own=True) as server, ledger_service(server.url) as service:
        storm = asyncio.run(run_storm(service.address, server, options.clients, options.seconds))
        money = asyncio.run(read_money(server.url))
        told = told_by(service)
    least = options.clients * options.seconds * TRANSFERS_A_CLIENT_SECOND
    return rows_of(storm, money, told, least)
