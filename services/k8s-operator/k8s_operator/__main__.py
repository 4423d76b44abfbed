"""Start the operator: telemetry first, proven, then the cluster, then the lease. SIGTERM and SIGINT drain it.

The telemetry ends in a `finally` of its own, after the last handler and outside of the event loop, which its
last export would block.
"""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from opentelemetry.instrumentation.utils import suppress_http_instrumentation

from k8s_operator.admission import run_admission
from k8s_operator.client import Api, open_api
from k8s_operator.cluster import find_cluster
from k8s_operator.controller import run_controller
from k8s_operator.leader import Leader
from k8s_operator.names import API_VERSION, KIND
from k8s_operator.server import answering
from k8s_operator.settings import Settings
from k8s_operator.startup import NotInstalledError, one_message, spare_collector, start_telemetry
from otelkit import Telemetry

SIGNALS = (signal.SIGTERM, signal.SIGINT)
_log = logging.getLogger(__name__)


def main() -> None:
    """Serve until a signal; what keeps it from starting is one message and exit code 1."""
    with one_message():
        settings = Settings()
        telemetry = start_telemetry()
        spare_collector()
        try:
            asyncio.run(serve(settings, telemetry))
        finally:
            telemetry.shutdown()


async def serve(settings: Settings, telemetry: Telemetry) -> None:
    """Serve until SIGTERM or SIGINT. Raises what `startup.EXPECTED` names."""
    asked_to_end = asyncio.Event()
    _hear_signals(asked_to_end)
    async with open_api(await find_cluster(), settings.request_seconds) as api:
        with suppress_http_instrumentation():
            is_served = await api.is_served()
        if not is_served:
            raise NotInstalledError(
                f"the cluster knows no {KIND} of {API_VERSION}: kubectl apply -f crd.yaml"
            )
        leader = Leader(api, settings)

        async def control(stop: asyncio.Event) -> None:
            await _run(settings, api, stop, asked_to_end)

        state = {"started": True}
        async with answering(settings, telemetry, lambda: {**state, "leads": leader.leads}) as port:
            _log.info("serving", extra={"server.port": port})
            async with _admitting(settings):
                _hear_signals(asked_to_end)
                await leader.lead(control, asked_to_end)
            _log.info("ended")


async def _run(settings: Settings, api: Api, stop: asyncio.Event, asked_to_end: asyncio.Event) -> None:
    ready = asyncio.Event()

    async def hear_again() -> None:  # kopf has put its own handlers in place of ours
        while await ready.wait():
            ready.clear()
            _hear_signals(asked_to_end)

    hearing = asyncio.create_task(hear_again())
    try:
        await run_controller(settings, api, stop, ready)
    finally:
        hearing.cancel()
    if not stop.is_set():  # kopf heard the signal
        asked_to_end.set()


@asynccontextmanager
async def _admitting(settings: Settings) -> AsyncIterator[None]:
    if not settings.webhook_port:
        yield
        return
    stop, ready = asyncio.Event(), asyncio.Event()
    admission = asyncio.create_task(run_admission(settings, stop, ready))
    try:
        await asyncio.wait(
            {admission, asyncio.create_task(ready.wait())}, return_when=asyncio.FIRST_COMPLETED
        )
        yield
    finally:
        stop.set()
        await admission


def _hear_signals(asked_to_end: asyncio.Event) -> None:
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, asked_to_end.set)


if __name__ == "__main__":
    main()
