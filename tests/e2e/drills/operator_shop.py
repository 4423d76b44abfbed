"""An operator behind a faulty API, and apps that come, change, drift and go past it."""

import asyncio
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from k8s_operator.client import ApiError, open_api
from k8s_operator.cluster import find_cluster
from k8s_operator.exercise import install
from k8s_operator.person import Person, is_available
from k8s_operator.settings import Settings
from k8s_operator.thread import operator_in_thread
from otelkit.testing.kubernetes.cluster import Cluster
from otelkit.testing.kubernetes.faulty import FaultyApi

KINDS = ("ConfigMap", "Service", "Deployment")
NAMESPACE, MOST_APPS = "drill", 15


class Apps:
    """What should be there, and whether it is."""

    def __init__(self, shop: Person) -> None:
        self._shop = shop
        self.wanted: dict[str, int] = {}
        self.changes = 0

    async def disturb(self, picked: random.Random) -> None:
        """Make, change or delete an app, or change or delete a child."""
        name, act = f"app-{picked.randrange(MOST_APPS)}", picked.random()
        self.changes += 1
        try:
            if name not in self.wanted or act < 0.5:
                if await self._is_going(name):
                    return
                replicas = picked.randrange(5)
                await self._shop.apply(name, replicas=replicas, config={"N": str(self.changes)})
                self.wanted[name] = replicas
            elif act < 0.65:
                await self._shop.delete(name=name)
                del self.wanted[name]
            elif act < 0.8:
                await self._shop.delete(picked.choice(KINDS), name)
            else:
                await self._shop.edit("Deployment", name, spec={"replicas": 9})
        except ApiError as error:
            if error.status != 404:
                raise

    async def converged(self, seconds: float) -> float:
        """Wait until all is as it should be, at most so long; gives how long it took."""
        begun = time.monotonic()
        while await self.not_converged() or await self.stuck() or await self.wrong_children():
            if time.monotonic() - begun > seconds:
                break
            await asyncio.sleep(0.2)
        return time.monotonic() - begun

    async def not_converged(self) -> int:
        """Count apps that do not run as they should."""
        found = {app["metadata"]["name"]: app for app in await self._shop.read_all()}
        return sum(
            not is_available(found.get(name)) or found[name]["status"]["readyReplicas"] != replicas
            for name, replicas in self.wanted.items()
        )

    async def stuck(self) -> int:
        """Count apps that should be gone."""
        return sum(app["metadata"]["name"] not in self.wanted for app in await self._shop.read_all())

    async def wrong_children(self) -> int:
        """Count children that are missing, and those that belong to no app."""
        wrong = 0
        for kind in KINDS:
            names = {child["metadata"]["name"] for child in await self._shop.read_all(kind)}
            wrong += len(names ^ set(self.wanted))
        return wrong

    async def _is_going(self, name: str) -> bool:
        found = await self._shop.get(name=name)
        return bool(found and found["metadata"].get("deletionTimestamp"))


@asynccontextmanager
async def faulty_shop(request_seconds: float) -> AsyncIterator[tuple[FaultyApi, Apps]]:
    """Run an operator that sees the cluster through the faulty API."""
    with tempfile.TemporaryDirectory() as folder, Cluster(given="") as cluster:
        os.environ["KUBECONFIG"] = str(cluster.kubeconfig)
        async with (
            open_api(await find_cluster(), 10) as api,
            FaultyApi(cluster.kubeconfig, Path(folder)) as faulty,
            _directory() as url,
        ):
            await install(api)
            os.environ["KUBECONFIG"] = str(faulty.kubeconfig)
            settings = Settings(
                namespaces=NAMESPACE,
                cleanup_url=url,
                request_seconds=request_seconds,
                backoff_seconds=0.2,
                backoff_most_seconds=5,
                resync_seconds=2,
                burst=100,
            )
            running = operator_in_thread(settings)
            await asyncio.to_thread(running.__enter__)
            try:
                yield faulty, Apps(Person(api, NAMESPACE))
            finally:
                await asyncio.to_thread(running.__exit__, None, None, None)


@asynccontextmanager
async def _directory() -> AsyncIterator[str]:
    async def forget(_: web.Request) -> web.Response:
        return web.Response(status=random.choice((204, 204, 500, 503)))  # noqa: S311 - no secret

    app = web.Application()
    app.router.add_delete("/{path:.*}", forget)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
