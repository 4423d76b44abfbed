"""sql-sqlalchemy, with a pool of one connection: orders, and a writer who keeps everybody waiting.

`SETTINGS` make the wait short: who has the connection collides and tries again, who waits for it is refused.
"""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from http import HTTPStatus

from tests.e2e.load.json_client import JsonClient

SETTINGS = {
    "SQL_SQLALCHEMY_POOL_SIZE": "1",
    "SQL_SQLALCHEMY_POOL_OVERFLOW": "0",
    "SQL_SQLALCHEMY_POOL_SECONDS": "0.2",
    "SQL_SQLALCHEMY_STATEMENT_SECONDS": "0.5",
}
_COLLISION_SECONDS = 0.6  # longer than a statement may take


def order_and_collide(ledger: JsonClient, database: str) -> None:
    """One round; `database` is the service's file."""
    account = ledger.expect(HTTPStatus.CREATED, "POST", "/accounts", {"owner": "Ann"})["id"]
    for _ in range(5):
        order = _order(ledger, account)[1]["id"]
        ledger.expect(HTTPStatus.OK, "GET", f"/orders/{order}")
    ledger.expect(HTTPStatus.OK, "GET", "/orders?limit=5")
    with ThreadPoolExecutor(4) as customers:
        with _locked(database):
            answers = [customers.submit(_order, ledger, account) for _ in range(4)]
            wait(answers, return_when=FIRST_COMPLETED)  # refused, because another has the connection
            wait(answers, _COLLISION_SECONDS)
        statuses = {answer.result()[0] for answer in answers}
    assert HTTPStatus.SERVICE_UNAVAILABLE in statuses, f"nobody waited in vain: {statuses}"


def _order(ledger: JsonClient, account: str) -> tuple[int, dict[str, str]]:
    lines = [{"item": "tea", "quantity": 2, "price_cents": 300}]
    return ledger.ask("POST", "/orders", {"account_id": account, "lines": lines})


@contextmanager
def _locked(database: str) -> Iterator[None]:
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        yield
