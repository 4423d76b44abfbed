"""An emulated API, and a client of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import kmock
import pytest

from otelkit.testing.kubernetes.emulator import Emulator
from otelkit.testing.kubernetes.permissions import Permissions

ROLE = {
    "kind": "ClusterRole",
    "metadata": {"name": "reader"},
    "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}],
}


class Client:
    """Calls the API."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url

    async def call(
        self, method: str, path: str, body: Any = None, content: str = "application/json", **headers: str
    ) -> Any:
        data = None if body is None else json.dumps(body)
        sent = {"Content-Type": content, **headers}
        async with self._session.request(method, self._url + path, data=data, headers=sent) as answer:
            return answer.status, await answer.json()

    async def watch(self, path: str, since: str, count: int, labels: str = "") -> list[dict[str, Any]]:
        url = f"{self._url}{path}?watch=true&resourceVersion={since}&labelSelector={labels}"
        async with self._session.get(url) as answer:
            return [json.loads(await asyncio.wait_for(answer.content.readline(), 5)) for _ in range(count)]


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(permissions={"reader": Permissions([ROLE])})


@pytest.fixture
async def client(emulator: Emulator) -> AsyncIterator[Client]:
    async with emulator, kmock.Server(emulator) as server, aiohttp.ClientSession() as session:
        yield Client(session, str(server.url).rstrip("/"))
