"""Every path of the operator that makes a call, once, on an emulated cluster that allows everything.

Development only: needs `otelkit[kubernetes-emulator]`.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from k8s_operator.client import open_api
from k8s_operator.cluster import find_cluster
from k8s_operator.lease import Lease
from k8s_operator.person import Person, condition, is_available
from k8s_operator.settings import Settings
from k8s_operator.thread import operator_in_thread
from otelkit.testing.kubernetes.cluster import Cluster
from otelkit.testing.kubernetes.faults import Call
from otelkit.testing.kubernetes.faulty import FaultyApi

FOREIGN: dict[str, dict[str, Any]] = {
    "ConfigMap": {"data": {"A": "1"}},
    "Service": {"spec": {"type": "NodePort"}},
    "Deployment": {"spec": {"replicas": 7, "template": {"spec": {"containers": []}}}},
}


async def exercise() -> list[Call]:
    """Give all calls that the operator made."""
    with tempfile.TemporaryDirectory() as folder, Cluster(given="") as cluster:
        os.environ["KUBECONFIG"] = str(cluster.kubeconfig)
        async with (
            open_api(await find_cluster(), 10) as admin,
            FaultyApi(cluster.kubeconfig, Path(folder)) as faulty,
        ):
            await install(admin)
            os.environ["KUBECONFIG"] = str(faulty.kubeconfig)
            async with _directory() as url:
                settings = Settings(cleanup_url=url, resync_seconds=0.5, backoff_seconds=0.1)
                await _take_turns_with_the_lease(settings)
                running = operator_in_thread(settings)
                await asyncio.to_thread(running.__enter__)
                try:
                    await _use(Person(admin, "shop"), faulty)
                finally:
                    await asyncio.to_thread(running.__exit__, None, None, None)
        return faulty.calls


async def install(admin: Any) -> None:
    """Make MyApps known to a cluster."""
    definition = yaml.safe_load(files("k8s_operator").joinpath("crd.yaml").read_text(encoding="utf-8"))
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{definition['metadata']['name']}"
    query = "?fieldManager=kubectl&force=true"
    await admin.call("PATCH", path + query, definition, "application/apply-patch+yaml")


@asynccontextmanager
async def _directory() -> AsyncIterator[str]:
    async def forget(_: web.Request) -> web.Response:
        return web.Response(status=204)

    app = web.Application()
    app.router.add_delete("/{path:.*}", forget)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _take_turns_with_the_lease(settings: Settings) -> None:
    async with open_api(await find_cluster(), 10) as api:
        lease = Lease(api, settings)
        for _ in range(2):
            await lease.take()
        await lease.give_back()


async def _use(shop: Person, faulty: FaultyApi) -> None:
    await shop.apply()
    await shop.until(is_available)
    await shop.edit("Deployment", spec={"replicas": 5})
    await shop.until(lambda child: child and child["spec"]["replicas"] == 1, "Deployment")
    await shop.delete("Service")
    await shop.until(lambda child: child is not None, "Service")
    for kind, content in FOREIGN.items():
        name = kind.lower()
        await shop.apply_as("somebody", shop.named(kind, name, **content))
        await shop.apply(name, config={"A": "2"})
        await shop.until(lambda app: condition(app, "Accepted")[0] == "False", name=name)
    faulty.fail(409, "PATCH", "/myapps/late", times=3)
    await shop.apply("late")
    await shop.until(is_available, name="late")
    await shop.delete()
    await shop.until(lambda app: app is None)
    for _ in range(2):  # looks at everything
        before = sum(call.path.endswith("/myapps") for call in faulty.calls)
        while sum(call.path.endswith("/myapps") for call in faulty.calls) == before:  # noqa: ASYNC110 - another thread's calls
            await asyncio.sleep(0.05)
