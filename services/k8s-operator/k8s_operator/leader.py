"""Leading: run the operator while the lease is ours, and only then.

A leader that cannot renew stops before the lease runs out for the others, with time for its handlers.
Standing by costs one read in each period, and no watch.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from opentelemetry.instrumentation.utils import suppress_http_instrumentation
from opentelemetry.metrics import CallbackOptions, Observation, get_meter

from k8s_operator.client import Api, ApiError
from k8s_operator.failures import PASSING
from k8s_operator.lease import Lease
from k8s_operator.settings import Settings

Work = Callable[[asyncio.Event], Awaitable[None]]
_log = logging.getLogger(__name__)


class Leader:
    """Leads or stands by."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self._lease, self._settings = Lease(api, settings), settings
        self.leads = False
        get_meter(__name__).create_observable_gauge(
            "k8s.operator.leader", [self._observe], "1", "Whether this process leads: 1 or 0."
        )

    async def lead(self, work: Work, asked_to_end: asyncio.Event) -> None:
        """Do the work whenever the lease is ours, until asked to end; then give it back."""
        while not asked_to_end.is_set():
            if await self._take():
                await self._work_while_leading(work, asked_to_end)
            else:
                await self._wait(asked_to_end)
        if self._settings.leader_election:
            with suppress(ApiError, *PASSING), suppress_http_instrumentation():
                await self._lease.give_back()

    async def _work_while_leading(self, work: Work, asked_to_end: asyncio.Event) -> None:
        stop, self.leads = asyncio.Event(), True
        _log.info("leading", extra={"k8s.operator.identity": self._settings.identity})
        renewal = asyncio.create_task(self._renew(asked_to_end), name="lease renewal")
        renewal.add_done_callback(lambda _: stop.set())
        try:
            await work(stop)
        finally:
            self.leads = False
            renewal.cancel()
            with suppress(asyncio.CancelledError):
                await renewal

    async def _renew(self, asked_to_end: asyncio.Event) -> None:
        renewed = time.monotonic()
        spare = self._settings.lease_seconds - self._settings.renew_seconds
        while not await self._wait(asked_to_end):
            if await self._take():
                renewed = time.monotonic()
            elif time.monotonic() - renewed > spare:
                _log.error("the lease is lost, stopping")
                return

    async def _take(self) -> bool:
        if not self._settings.leader_election:
            return True
        try:
            with suppress_http_instrumentation():  # or the most of all traces would say that nothing happened
                async with asyncio.timeout(self._settings.renew_seconds):
                    return await self._lease.take()
        except (ApiError, *PASSING) as error:
            _log.warning("the lease cannot be asked for: %s", error)
            return False

    async def _wait(self, asked_to_end: asyncio.Event) -> bool:
        try:
            await asyncio.wait_for(asked_to_end.wait(), self._settings.renew_seconds)
        except TimeoutError:
            return False
        return True

    def _observe(self, _: CallbackOptions) -> list[Observation]:
        return [Observation(int(self.leads))]
