"""What others ask the operator over HTTP: is it alive, is it ready, and its metrics as a page.

Alive is a loop that answers. Ready is one that leads, or stands by and could: a standby that was not ready
would hold up every rolling update.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from k8s_operator.settings import Settings
from otelkit import Telemetry
from otelkit.openmetrics import OpenMetricsReader, choose_format


@asynccontextmanager
async def answering(
    settings: Settings, telemetry: Telemetry, state: Callable[[], dict[str, bool]]
) -> AsyncIterator[int]:
    """Answer at the settings' port, which is given. Raises OSError when it is taken."""

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readiness(_: web.Request) -> web.Response:
        found = state()
        return web.json_response(found, status=200 if found["started"] else 503)

    app = web.Application()
    app.router.add_get("/healthz", health)
    app.router.add_get("/readyz", readiness)
    if telemetry.openmetrics is not None:
        app.router.add_get("/metrics", _page(telemetry.openmetrics))
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        try:
            await site.start()
        except OSError as error:
            where = f"{settings.host}:{settings.port}: K8S_OPERATOR_HOST, K8S_OPERATOR_PORT"
            raise OSError(f"cannot listen at {where}: {error.strerror}") from None
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _page(reader: OpenMetricsReader) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def page(request: web.Request) -> web.Response:
        form = choose_format(",".join(request.headers.getall("Accept", [])))
        body = await asyncio.to_thread(reader.page, form)  # collecting takes milliseconds
        return web.Response(body=body, headers={"Content-Type": form.value, "Vary": "Accept"})

    return page
