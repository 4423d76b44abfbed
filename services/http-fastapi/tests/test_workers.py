"""Several workers: each sends as an instance of its own, and a reload under load loses nothing.

Counted by the ids of the orders that customers were told, against those that arrived over OTLP.
"""

import json
import signal
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil
import pytest

from otelkit.testing import Sink
from otelkit.testing.processes import ServiceProcess

BIN = Path(sys.executable).parent
FACTORY = "http_fastapi.server:app"
GUNICORN = [str(BIN / "gunicorn"), "-c", str(Path(__file__).parents[1] / "gunicorn.conf.py")]
SERVERS = {
    "python -m": [sys.executable, "-m", "http_fastapi"],
    "uvicorn": (
        f"{BIN}/uvicorn --factory {FACTORY} --workers 2 --port PORT --no-access-log"
        " --timeout-worker-healthcheck 30"
    ).split(),
    "gunicorn, preloaded": GUNICORN,
    "gunicorn, preloaded, its own workers": [*GUNICORN, "-k", "asgi"],
    "zero-code, gunicorn, preloaded": [str(BIN / "opentelemetry-instrument"), *GUNICORN],
    "gunicorn, not preloaded": (
        f"{BIN}/gunicorn {FACTORY}() -k uvicorn_worker.UvicornWorker -w 2 -b 127.0.0.1:PORT"
        " --no-control-socket"
    ).split(),
}
NOTHING_SENT_BEFORE_THE_END = {
    "HTTP_FASTAPI_WORKERS": "2",
    "OTEL_BSP_SCHEDULE_DELAY": "60000",
    "OTEL_BLRP_SCHEDULE_DELAY": "60000",
    "OTEL_METRIC_EXPORT_INTERVAL": "60000",
}


def order(address: str) -> str:
    body, headers = b'{"item": "tea"}', {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/orders", body, headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        order_id: str = json.load(answer)["id"]
        return order_id


@contextmanager
def load(address: str) -> Iterator[list[str]]:
    """Order all the time from two threads; gives the ids of the orders that were answered."""
    answered: list[str] = []
    ended = Event()

    def keep_ordering() -> None:
        while not ended.wait(0.002):
            try:
                answered.append(order(address))
            except (OSError, HTTPException):
                ended.wait(0.02)  # a connection of a worker that ends: the customer has no answer

    threads = [Thread(target=keep_ordering) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield answered
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def wait_for(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.02)


def workers_of(service: ServiceProcess) -> set[int]:
    found = set()
    for child in psutil.Process(service.process.pid).children():
        with suppress(psutil.NoSuchProcess):  # ended meanwhile
            if "resource_tracker" not in str(child.cmdline()):
                found.add(child.pid)
    return found


def reload_and_resize(service: ServiceProcess, answered: list[str]) -> None:
    """One worker more, all workers new, one worker less, with orders before, between and after."""

    def send(number: int, is_done: Callable[[set[int], set[int]], bool]) -> None:
        count, before = len(answered), workers_of(service)
        service.send(number)
        wait_for(lambda: is_done(before, workers_of(service)), f"workers after signal {number}")
        wait_for(lambda: len(answered) > count + 50, "orders are answered")

    wait_for(lambda: len(workers_of(service)) == 2, "two workers")
    send(signal.SIGTTIN, lambda before, now: len(now) == 3)
    send(signal.SIGHUP, lambda before, now: not before & now and len(now) >= 2)
    send(signal.SIGTTOU, lambda before, now: len(now) == len(before) - 1)


@pytest.fixture
def start(
    serve: Callable[..., ServiceProcess], service_command: Any, zero_code_command: Any, tmp_path: Path
) -> Callable[..., ServiceProcess]:
    """Start one of SERVERS, with its logs in files of tmp_path too."""
    files = {"OTELKIT_LOG_FILE": str(tmp_path / "orders.jsonl"), "OTELKIT_LOG_FILE_MAX_BYTES": "20000"}
    files["OTELKIT_LOG_FILE_BACKUPS"] = "1000"

    def start(server: str, environment: dict[str, str]) -> ServiceProcess:
        command = zero_code_command if server.startswith("zero-code") else service_command
        environment = environment | NOTHING_SENT_BEFORE_THE_END | files
        return serve(command._replace(arguments=SERVERS[server]), environment)

    return start


@pytest.mark.parametrize("server", SERVERS)
def test_reload_and_sigterm_under_load_lose_nothing(
    server: str, start: Callable[..., ServiceProcess], otlp_sink: Sink, tmp_path: Path
) -> None:
    service = start(server, otlp_sink.environment())
    with load(service.address) as answered:
        reload_and_resize(service, answered)
        assert service.end() < 10

    stored = [span for span in otlp_sink.spans() if span.name == "store order"]
    recorded = Counter(str(span.attributes["shop.order.id"]) for span in stored)
    by_instance = Counter(span.resource["service.instance.id"] for span in stored)
    assert set(answered) <= recorded.keys()
    assert set(recorded.values()) == {1}
    assert len({span.resource["process.pid"] for span in stored}) == len(by_instance) >= 2
    accepted = [record for record in otlp_sink.logs() if record.body == "order accepted"]
    assert Counter(record.resource["service.instance.id"] for record in accepted) == by_instance
    counted = otlp_sink.metrics("shop.orders.created")
    assert {point.resource["service.instance.id"]: point.value for point in counted} == by_instance
    lines = [json.loads(line) for file in tmp_path.glob("*.jsonl*") for line in file.read_text().splitlines()]
    assert [line["message"] for line in lines].count("order accepted") == len(stored)
