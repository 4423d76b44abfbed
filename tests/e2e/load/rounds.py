"""The load of all services at once: what needs a client of its own runs in processes, the rest here."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

from deploy.local.part import Part
from tests.e2e.load import ROUND_SECONDS, ROUNDS, nats_orders, shipments, sql_orders
from tests.e2e.load.bank import Bank
from tests.e2e.load.http_orders import order_and_pay
from tests.e2e.load.json_client import JsonClient

_CLIENT_SECONDS = 60.0


def settings_under_load(bank: Bank) -> dict[str, str]:
    """Give the settings that the services need to get into trouble within seconds."""
    services = sql_orders.SETTINGS | shipments.SETTINGS | nats_orders.SETTINGS
    return services | {"HTTP_FASTAPI_PAYMENTS_URL": bank.url, "HTTP_FASTAPI_PAYMENTS_BACKOFF_SECONDS": "0.02"}


def run_load(parts: Mapping[str, Part], bank: Bank, state_dir: Path) -> None:
    """Put the fixed load on the services of a stack. Raises AssertionError when one does not take it."""
    kubeconfig = _kubeconfig(state_dir / "logs" / "k8s-operator.log")
    with ThreadPoolExecutor() as threads:
        work = [
            threads.submit(_client, parts["grpc-four-modes"], "stock"),
            threads.submit(_client, parts["nats-jetstream"], "nats_orders"),
            threads.submit(_client, parts["k8s-operator"], "apps", KUBECONFIG=kubeconfig),
            threads.submit(_over_http, parts, bank),
        ]
        for done in work:
            done.result()


def _over_http(parts: Mapping[str, Part], bank: Bank) -> None:
    shop, ledger, desk = (
        JsonClient(parts[name].address) for name in ("http-fastapi", "sql-sqlalchemy", "rabbitmq-aio-pika")
    )
    database = parts["sql-sqlalchemy"].environment["DATABASE_URL"].removeprefix("sqlite:///")
    quotes, refunds = (JsonClient(parts[name].address) for name in ("grafana-export", "datadog-export"))
    for _ in range(ROUNDS):
        quotes.expect(HTTPStatus.OK, "POST", "/quotes", {"item": "tea", "quantity": 2})
        refunds.expect(HTTPStatus.CREATED, "POST", "/refunds", {"payment_id": "pay-1", "amount_cents": 1})
        order_and_pay(shop, bank)
        sql_orders.order_and_collide(ledger, database)
        shipments.ship_and_bury(desk)
        time.sleep(ROUND_SECONDS)


def _client(service: Part, module: str, **settings: str) -> None:
    target = {"GRPC_FOUR_MODES_TARGET": service.address}
    environment = {**os.environ, **service.environment, **target, **settings}
    environment["OTEL_SERVICE_NAME"] = f"{service.name}-client"
    done = subprocess.run(
        [sys.executable, "-m", f"tests.e2e.load.{module}"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_CLIENT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{module}: {done.stdout[-3000:]}"


def _kubeconfig(log: Path) -> str:
    found = re.search(r"KUBECONFIG=(\S+)", log.read_text())
    assert found is not None, f"{log} does not say where the cluster is"
    return found[1]
