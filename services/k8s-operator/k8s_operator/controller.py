"""One run of the operator: from the first list to the last handler."""

import asyncio
import logging

import httpx2
import kopf

from k8s_operator.cleanup import Cleanup
from k8s_operator.client import Api
from k8s_operator.failures import backoff_of
from k8s_operator.handlers import Handlers
from k8s_operator.reconciler import Reconciler
from k8s_operator.registry import make_registry, make_settings
from k8s_operator.settings import Settings
from k8s_operator.turns import Turns

_log = logging.getLogger(__name__)


async def run_controller(
    settings: Settings, api: Api, stop: asyncio.Event, ready: asyncio.Event | None = None
) -> None:
    """Serve until `stop`; `ready` is set when kopf has started."""
    async with httpx2.AsyncClient(timeout=settings.request_seconds) as client:
        handlers = Handlers(
            Reconciler(api),
            Cleanup(settings.cleanup_url, client),
            Turns(settings.burst, settings.per_second, settings.workers),
            backoff_of(settings),
        )
        namespaces = settings.namespace_list()
        await kopf.operator(
            registry=make_registry(handlers),
            settings=make_settings(settings),
            clusterwide=not namespaces,
            namespaces=namespaces,
            standalone=True,  # who leads is decided by a lease, not by kopf's peering
            stop_flag=stop,
            ready_flag=ready,
        )
