"""Agent and gateway, as the overlay `local` configures them, carry what a service sends to the backend."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.k8s.collector_configs import collector_configs
from otelkit.testing import Sink
from tests.collector.payloads import send_spans, span
from tests.k8s.chained import ChainedCollector
from tests.k8s.conftest import Rendered

SECRET = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"  # noqa: S105 - made up


@pytest.fixture
def tempo() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def chain(
    rendered: Rendered, binary: Path, tempo: Sink, tmp_path: Path
) -> Iterator[tuple[ChainedCollector, ChainedCollector]]:
    """A running agent and the gateway behind it."""
    configs = {config.workload: config for config in collector_configs(rendered("local"))}
    for name in ("agent", "gateway"):
        (tmp_path / name).mkdir()
    backend = {"otlp_grpc/tempo": tempo.grpc_endpoint.removeprefix("http://")}
    gateway = ChainedCollector(
        binary, tmp_path / "gateway", configs["StatefulSet/collector-gateway"], backend
    )
    behind = {"otlp_grpc/gateway": f"dns:///{gateway.grpc_target}"}
    agent = ChainedCollector(binary, tmp_path / "agent", configs["DaemonSet/collector-agent"], behind)
    with gateway, agent:
        yield agent, gateway


def test_secret_does_not_leave_the_agent_and_the_span_arrives(
    chain: tuple[ChainedCollector, ChainedCollector], tempo: Sink
) -> None:
    agent, _ = chain

    send_spans(agent.grpc_target, [span(1, {"note": f"got {SECRET}", "shop.order": "o-1"})])

    (arrived,) = tempo.wait_for_spans()
    assert (arrived.attributes["note"], arrived.attributes["shop.order"]) == ("got ****", "o-1")


def test_gateway_that_is_killed_loses_nothing(
    chain: tuple[ChainedCollector, ChainedCollector], tempo: Sink
) -> None:
    agent, gateway = chain
    gateway.kill()

    send_spans(agent.grpc_target, [span(number) for number in range(1, 21)])
    gateway.start()

    assert {one.span_id for one in tempo.wait_for_spans(20)} == {f"{number:016x}" for number in range(1, 21)}
