"""A look at the whole from time to time: what no event has told, and what kopf was told and has dropped.

Two gaps are closed by it. What is deleted while a watch starts anew (410) has no event: such a child is made
again, such an app forgotten. And when kopf fails to write to an object, it waits and takes the next event for
it, whenever that comes: a finalizer can stay (so since https://github.com/nolar/kopf/pull/510; reproduced in
tests/otelkit/instrumentation/kopf/test_upstream_defects.py).
It reads only; an app that is as it should be costs no write and leaves no span.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from opentelemetry import trace
from opentelemetry.instrumentation.utils import suppress_http_instrumentation

from k8s_operator.client import Api, ApiError
from k8s_operator.failures import PASSING
from k8s_operator.handlers import Handlers
from k8s_operator.listing import Listed, list_everything
from k8s_operator.names import API_VERSION, KIND, NUDGE
from k8s_operator.persistence import is_answered
from k8s_operator.reconciler import RefusedError
from k8s_operator.settings import Settings

Body = Mapping[str, Any]
_MERGE = "application/merge-patch+json"
_log = logging.getLogger(__name__)
_tracer = trace.get_tracer(__name__)


class Resync:
    """Looks every `resync_seconds`; an app that should have moved between two looks and did not is nudged."""

    def __init__(self, api: Api, handlers: Handlers, settings: Settings) -> None:
        self._api, self._handlers, self._settings = api, handlers, settings
        self._unanswered: dict[str, str] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(self._settings.resync_seconds)
            try:
                await self.look()
            except (ApiError, *PASSING) as error:
                _log.warning("resync: %s", error)

    async def look(self) -> None:
        """Look once. Raises as Api."""
        gone = self._handlers.reconciler.known()  # before it is listed: what comes meanwhile is not gone
        namespaces = self._settings.namespace_list() or [""]
        with suppress_http_instrumentation():
            everything = [await list_everything(self._api, namespace) for namespace in namespaces]
        unanswered = {}
        for listed in everything:
            for app in listed.apps():
                uid, version = app["metadata"]["uid"], app["metadata"]["resourceVersion"]
                gone.discard(uid)
                if app["metadata"].get("deletionTimestamp") or not is_answered(app):
                    unanswered[uid] = version
                    if self._unanswered.get(uid) == version:
                        await self._nudge(app)
                elif uid in self._handlers.settled:
                    await self._correct(app, listed)
        self._unanswered = unanswered
        for uid in gone:
            await self._handlers.gone(uid)

    async def _correct(self, app: Body, listed: Listed) -> None:
        if self._handlers.reconciler.is_well(app, listed):
            return
        with _tracer.start_as_current_span("resync myapps"):
            try:
                async with self._handlers.turns.turn(app["metadata"]["uid"]):
                    await self._handlers.reconciler.reconcile(app, listed)
            except RefusedError:
                return

    async def _nudge(self, app: Body) -> None:
        metadata = app["metadata"]
        _log.warning("%s/%s waits for an answer: nudged", metadata["namespace"], metadata["name"])
        identity = {key: metadata[key] for key in ("namespace", "name")}
        patch = {"metadata": {"annotations": {NUDGE: datetime.now(UTC).isoformat()}}}
        with _tracer.start_as_current_span("nudge myapps"):
            await self._api.patch({"apiVersion": API_VERSION, "kind": KIND, "metadata": identity}, patch)
