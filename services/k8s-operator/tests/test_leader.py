"""Two operators and one lease: one works; when it goes, with or without a word, the other one does."""

import asyncio
import json
import os
import signal
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from k8s_operator.person import Person, is_available
from otelkit.testing import Sink
from otelkit.testing.kubernetes.cluster import Cluster
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

LEASE_SECONDS = 3


class Candidates:
    """Operators in processes of their own, with one lease."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment, self._stack = environment, ExitStack()
        self.running: dict[str, ServiceProcess] = {}

    def start(self, name: str) -> ServiceProcess:
        port = free_port()
        environment = self._environment | {"K8S_OPERATOR_IDENTITY": name, "K8S_OPERATOR_PORT": str(port)}
        process = ServiceProcess([sys.executable, "-m", "k8s_operator"], {**os.environ, **environment}, port)
        self.running[name] = self._stack.enter_context(process).wait_until_listening()
        return process

    def leaders(self) -> list[str]:
        return [name for name, process in self.running.items() if leads(process)]

    def close(self) -> None:
        self._stack.close()


def leads(process: ServiceProcess) -> bool:
    if process.process.poll() is not None:
        return False
    with urllib.request.urlopen(f"{process.address}/readyz", timeout=5) as answer:
        return bool(json.load(answer)["leads"])


@pytest.fixture
def candidates(cluster: Cluster, shop: Person, otlp_sink: Sink) -> Iterator[Candidates]:
    settings = {
        "KUBECONFIG": str(cluster.kubeconfig_of("operator")),
        "K8S_OPERATOR_NAMESPACES": shop.namespace,
        "K8S_OPERATOR_LEASE_NAME": shop.namespace,
        "K8S_OPERATOR_LEASE_SECONDS": str(LEASE_SECONDS),
        "K8S_OPERATOR_RENEW_SECONDS": "0.5",
        "K8S_OPERATOR_BACKOFF_SECONDS": "0.1",
        **otlp_sink.environment(),
    }
    found = Candidates(settings)
    yield found
    found.close()


async def one_leads(candidates: Candidates, *names: str, seconds: float = 30) -> str:
    async with asyncio.timeout(seconds):
        while (leaders := await asyncio.to_thread(candidates.leaders)) not in [[name] for name in names]:  # noqa: ASYNC110 - another process's state
            await asyncio.sleep(0.05)
    return leaders[0]


async def test_one_of_two_operators_leads_and_each_change_is_answered_once(
    candidates: Candidates, shop: Person, otlp_sink: Sink
) -> None:
    candidates.start("a")
    candidates.start("b")
    await one_leads(candidates, "a", "b")

    for name in ("tea", "coffee", "milk"):
        await shop.apply(name)
    for name in ("tea", "coffee", "milk"):
        await shop.until(is_available, name=name)

    for process in candidates.running.values():
        await asyncio.to_thread(process.end)
    assert [span.name for span in otlp_sink.spans()].count("create myapps") == 3


async def test_leader_that_ends_gives_the_lease_back_at_once(candidates: Candidates, shop: Person) -> None:
    candidates.start("a")
    await one_leads(candidates, "a")
    candidates.start("b")

    seconds = await asyncio.to_thread(candidates.running["a"].end)
    await one_leads(candidates, "b", seconds=LEASE_SECONDS)

    assert seconds < 5
    await shop.apply()
    await shop.until(is_available)


async def test_leader_that_is_killed_is_followed_when_its_lease_has_run_out(
    candidates: Candidates, shop: Person
) -> None:
    candidates.start("a")
    await one_leads(candidates, "a")
    candidates.start("b")
    loop = asyncio.get_running_loop()

    begun = loop.time()
    await asyncio.to_thread(candidates.running["a"].end, signal.SIGKILL)
    await shop.apply()
    await one_leads(candidates, "b")

    assert loop.time() - begun >= LEASE_SECONDS - 1
    await shop.until(is_available)


async def test_leader_that_hangs_and_wakes_does_not_lead_beside_the_other(
    candidates: Candidates, shop: Person
) -> None:
    frozen = candidates.start("a")
    await one_leads(candidates, "a")
    candidates.start("b")

    frozen.send(signal.SIGSTOP)
    others = candidates.running.pop("a")
    await one_leads(candidates, "b")
    frozen.send(signal.SIGCONT)
    candidates.running["a"] = others

    await one_leads(candidates, "b")
    await shop.apply()
    await shop.until(is_available)
