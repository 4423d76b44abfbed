"""What goes through the proxy, and what can happen to it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from otelkit.testing.kubernetes.refusals import Refusal


@dataclass
class Call:
    """One request; `status` is 0 until it is answered."""

    method: str
    path: str
    query: dict[str, str]
    status: int = 0

    @property
    def is_watch(self) -> bool:
        """Whether it is a watch."""
        return self.query.get("watch") == "true"


@dataclass
class Fault:
    """What happens to the next `times` calls that it takes: an answer, or none at all."""

    takes: Callable[[Call], bool]
    status: int
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    after_seconds: float = 0.0  # longer than the client waits: a timeout

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer instead of the API; status 0 cuts the connection."""
        await asyncio.sleep(self.after_seconds)
        if not self.status:
            abort(request)
            return web.Response(status=500)  # nobody hears it
        refusal = Refusal(self.status, "Injected", f"injected: {self.status}")
        return web.json_response(refusal.status(), status=self.status, headers=self.headers)


def abort(request: web.Request) -> None:
    """Cut a connection."""
    if request.transport is not None:
        request.transport.abort()
