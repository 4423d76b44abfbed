"""A proxy between a client and a Kubernetes API, emulated or real, that answers wrongly when it is told to.

It speaks plain HTTP and logs in as the kubeconfig that it is given says; `calls` is what went through it.
"""

import json
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Self

import aiohttp
from aiohttp import web
from kubernetes.aio import config
from kubernetes.aio.client import Configuration
from kubernetes.aio.client.rest import RESTClientObject

from otelkit.testing.kubernetes.faults import Call, Fault, abort
from otelkit.testing.kubernetes.kubeconfig import write_kubeconfig
from otelkit.testing.kubernetes.refusals import Refusal

_NOT_FORWARDED = {"host", "content-length", "transfer-encoding", "content-encoding", "connection"}


class FaultyApi:
    """An async context manager; `choose` may name a fault for any call."""

    def __init__(self, kubeconfig: Path, folder: Path) -> None:
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.choose: Callable[[Call], Fault | None] = lambda _: None
        self.kubeconfig = folder / "faulty.json"
        self._upstream, self._port = kubeconfig, 0
        self._watches: set[web.StreamResponse] = set()
        self._requests: dict[web.StreamResponse, web.Request] = {}
        self._stack = AsyncExitStack()

    def fail(self, status: int, method: str = "", path: str = "", times: int = 1, **headers: str) -> Fault:
        """Answer the next calls of a method to a path that ends with or contains `path` with a status."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        fault = Fault(lambda call: method in ("", call.method) and path in call.path, status, times, named)
        self.faults.append(fault)
        return fault

    async def down(self) -> None:
        """Refuse connections, and cut those there are."""
        await self._site.stop()
        for connection in list(self._runner.server.connections if self._runner.server else ()):
            if connection.transport is not None:
                connection.transport.abort()

    async def up(self) -> None:
        """Take connections again, at the same address."""
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await self._site.start()
        self._port = self._runner.addresses[0][1]

    async def expire_watches(self) -> None:
        """Tell all watches that their version is too old, as after a compaction."""
        gone = json.dumps({"type": "ERROR", "object": Refusal(410, "Expired", "too old").status()}).encode()
        for watch in list(self._watches):
            with suppress(ConnectionError):
                await watch.write(gone + b"\n")

    def drop_watches(self) -> None:
        """Cut the connections of all watches."""
        for watch in list(self._watches):
            abort(self._requests[watch])

    async def __aenter__(self) -> Self:
        configuration = Configuration()
        await config.load_kube_config(str(self._upstream), client_configuration=configuration)  # type: ignore[no-untyped-call]  # upstream's
        token = await configuration.get_api_key_with_prefix("BearerToken")
        self._login = {"Authorization": token} if token else {}
        self._server = configuration.host
        connector = aiohttp.TCPConnector(ssl=RESTClientObject(configuration).ssl_context, limit=0)
        self._session = await self._stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        app = web.Application(client_max_size=16 << 20)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        self._stack.push_async_callback(self._runner.cleanup)
        await self.up()
        write_kubeconfig(self.kubeconfig, f"http://127.0.0.1:{self._port}")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        call = Call(request.method, request.path, dict(request.query))
        self.calls.append(call)
        fault = self._fault_for(call)
        response = await (fault.answer(request) if fault else self._forward(request, call))
        call.status = response.status
        return response

    def _fault_for(self, call: Call) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and fault.takes(call):
                fault.times -= 1
                return fault
        return self.choose(call)

    async def _forward(self, request: web.Request, call: Call) -> web.StreamResponse:
        headers = {
            name: value for name, value in request.headers.items() if name.lower() not in _NOT_FORWARDED
        }
        url, body = f"{self._server}{request.raw_path}", await request.read()
        timeout = aiohttp.ClientTimeout(total=None)
        async with self._session.request(
            request.method, url, data=body, headers={**headers, **self._login}, timeout=timeout
        ) as answer:
            kept = {
                name: value for name, value in answer.headers.items() if name.lower() not in _NOT_FORWARDED
            }
            response = web.StreamResponse(status=answer.status, headers=kept)
            call.status = answer.status
            await response.prepare(request)
            if call.is_watch:
                self._watches.add(response)
                self._requests[response] = request
            try:
                with suppress(ConnectionError, aiohttp.ClientError):
                    async for chunk in answer.content.iter_any():
                        await response.write(chunk)
            finally:
                self._watches.discard(response)
                self._requests.pop(response, None)
        return response
