"""`make run SERVICE=k8s-operator`: an operator on an emulated cluster, and an app that a pipeline applies.

With KUBECONFIG it works in that cluster, where MyApps have to be known. The pipeline is a process of its own;
its trace and the operator's are linked by the app's annotation. Operator and cluster go on until they are
told to end. Needs `otelkit[kubernetes-emulator]`, which the image of the operator does not have.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from k8s_operator.__main__ import main as run_operator
from k8s_operator.client import open_api
from k8s_operator.cluster import find_cluster
from k8s_operator.exercise import install
from k8s_operator.settings import Settings
from k8s_operator.startup import one_message
from otelkit.testing.kubernetes.cluster import Cluster


def main() -> None:
    """Run both."""
    with one_message(), Cluster() as cluster:
        settings = Settings()  # a wrong one is told before anything is started
        print(f"k8s-operator: the cluster is {cluster.source}: KUBECONFIG={cluster.kubeconfig}", flush=True)  # noqa: T201 - for who wants to look
        os.environ["KUBECONFIG"] = str(cluster.kubeconfig)
        if cluster.is_emulated:
            asyncio.run(_prepare(settings))
        with _pipeline():
            run_operator()


@contextmanager
def _pipeline() -> Iterator[None]:
    environment = os.environ | {"OTEL_SERVICE_NAME": "pipeline"}
    with subprocess.Popen([sys.executable, "-m", "k8s_operator.pipeline"], env=environment) as pipeline:
        try:
            yield
        finally:
            pipeline.terminate()


async def _prepare(settings: Settings) -> None:
    async with open_api(await find_cluster(), settings.request_seconds) as api:
        await install(api)


if __name__ == "__main__":
    main()
