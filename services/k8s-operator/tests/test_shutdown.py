"""The operator as a process: it ends in time, answers what it began, and loses no telemetry."""

import asyncio
import os
import signal
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from k8s_operator.person import Person, is_available
from otelkit.testing import Sink
from otelkit.testing.kubernetes.cluster import Cluster
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

LATE = {
    "OTEL_BSP_SCHEDULE_DELAY": "60000",
    "OTEL_BLRP_SCHEDULE_DELAY": "60000",
    "OTEL_METRIC_EXPORT_INTERVAL": "60000",
}


@contextmanager
def running(cluster: Cluster, shop: Person, **environment: str) -> Iterator[ServiceProcess]:
    port = free_port()
    settings = {
        "KUBECONFIG": str(cluster.kubeconfig_of("operator")),
        "K8S_OPERATOR_PORT": str(port),
        "K8S_OPERATOR_NAMESPACES": shop.namespace,
        "K8S_OPERATOR_LEASE_NAME": shop.namespace,
        **environment,
    }
    with ServiceProcess([sys.executable, "-m", "k8s_operator"], {**os.environ, **settings}, port) as process:
        yield process.wait_until_listening()


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        page: bytes = answer.read()
    return page.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signal_loses_no_span_and_no_metric(
    cluster: Cluster, shop: Person, otlp_sink: Sink, number: int
) -> None:
    with running(cluster, shop, **(otlp_sink.environment() | LATE)) as process:
        for name in ("tea", "coffee"):
            await shop.apply(name)
        for name in ("tea", "coffee"):
            await shop.until(is_available, name=name)
        seconds = await asyncio.to_thread(process.end, number)

    assert process.process.returncode == 0
    assert seconds < 5
    assert [span.name for span in otlp_sink.spans()].count("create myapps") == 2
    durations = otlp_sink.metrics("kopf.handler.duration")
    created = [point for point in durations if point.attributes.get("kopf.reason") == "create"]
    assert sum(point.count for point in created) == 2
    leader = otlp_sink.metrics("k8s.operator.leader")
    assert leader


async def test_signal_in_the_middle_of_work_leaves_nothing_half_done(
    cluster: Cluster, shop: Person, otlp_sink: Sink
) -> None:
    names = [f"tea-{number}" for number in range(20)]
    with running(cluster, shop, **(otlp_sink.environment() | LATE)) as process:
        await asyncio.gather(*(shop.apply(name) for name in names))
        await asyncio.to_thread(process.end)
    with running(cluster, shop, **otlp_sink.environment()):
        for name in names:
            await shop.until(is_available, name=name)


async def test_exit_without_a_collector_is_bounded(cluster: Cluster, shop: Person) -> None:
    nowhere = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    with running(cluster, shop, **nowhere) as process:
        await shop.apply()
        await shop.until(is_available)
        seconds = await asyncio.to_thread(process.end)

    assert seconds < 10


async def test_metrics_are_a_page_when_prometheus_is_asked_for(cluster: Cluster, shop: Person) -> None:
    with running(cluster, shop, OTEL_METRICS_EXPORTER="prometheus", OTEL_TRACES_EXPORTER="none") as process:
        await shop.apply()
        await shop.until(is_available)
        page = await asyncio.to_thread(read, f"{process.address}/metrics")

    assert "kopf_handler_duration_seconds_count{" in page
    assert "kopf_convergence_duration_seconds" in page
    assert "kopf_queue_depth" in page
    assert "k8s_operator_leader" in page
