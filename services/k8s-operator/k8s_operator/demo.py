"""`make run SERVICE=k8s-operator`: an operator on an emulated cluster, and an app that a pipeline applies.

With KUBECONFIG it works in that cluster, where MyApps have to be known. The pipeline's trace and the
operator's are linked by the app's annotation. Operator and cluster go on until they are told to end.
Needs `otelkit[kubernetes-emulator]`, which the image of the operator does not have.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from opentelemetry.trace import get_tracer

from k8s_operator.client import Api, open_api
from k8s_operator.cluster import find_cluster
from k8s_operator.exercise import install
from k8s_operator.person import Person, is_available
from k8s_operator.settings import Settings
from k8s_operator.startup import one_message, start_telemetry
from otelkit.testing.kubernetes.cluster import Cluster

NAMESPACE = "default"


def main() -> int:
    """Run both; returns the operator's exit code."""
    with one_message(), Cluster() as cluster:
        Settings()  # a wrong one is told before anything is started
        print(f"k8s-operator: the cluster is {cluster.source}: KUBECONFIG={cluster.kubeconfig}", flush=True)  # noqa: T201 - for who wants to look
        os.environ["KUBECONFIG"] = str(cluster.kubeconfig)
        if cluster.is_emulated:
            asyncio.run(_prepare())
        with _operator() as operator:
            os.environ["OTEL_SERVICE_NAME"] = "pipeline"  # of this process from here on
            telemetry = start_telemetry("pipeline")
            try:
                asyncio.run(_deploy())
            finally:
                telemetry.shutdown()
            return operator.wait()


@contextmanager
def _operator() -> Iterator["subprocess.Popen[bytes]"]:
    operator = subprocess.Popen([sys.executable, "-m", "k8s_operator"])

    def end(*_: int | FrameType | None) -> None:
        operator.terminate()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, lambda *_: None)  # the terminal gave it to the operator, too
    try:
        yield operator
    finally:
        operator.terminate()
        operator.wait()


async def _prepare() -> None:
    async with open_api(await find_cluster(), Settings().request_seconds) as api:
        await install(api)


async def _deploy() -> None:
    async with open_api(await find_cluster(), Settings().request_seconds) as api:
        shop = Person(api, NAMESPACE)
        await _apply(shop, "shop/tea:1", replicas=1)
        await shop.until(is_available, seconds=60)
        await _apply(shop, "shop/tea:2", replicas=3)
        await shop.until(is_available, seconds=60)
        await _drift(api)
        await shop.until(lambda child: child and child["spec"]["replicas"] == 3, "Deployment", seconds=60)  # noqa: PLR2004 - as applied


async def _apply(shop: Person, image: str, replicas: int) -> None:
    with get_tracer(__name__).start_as_current_span("kubectl apply"):
        await shop.apply(image=image, replicas=replicas, config={"CURRENCY": "EUR"})


async def _drift(api: Api) -> None:
    with get_tracer(__name__).start_as_current_span("kubectl edit"):
        await Person(api, NAMESPACE).edit("Deployment", spec={"replicas": 7})


if __name__ == "__main__":
    sys.exit(main())
