"""The admission webhook, by setting: wrong apps are refused before they are stored, changes are marked.

It runs beside every operator, leading or not, because the API asks whichever it finds. The API's own trace
context comes with its request; as annotation it links the reconcile to the request of who made the change.
"""

import asyncio
from typing import Any

import kopf

from k8s_operator.app import InvalidAppError, read_app
from k8s_operator.cluster import log_in
from k8s_operator.names import GROUP, PLURAL, VERSION
from k8s_operator.settings import Settings
from otelkit.instrumentation.kopf import annotate

ANNOTATION = "traceparent"


async def run_admission(settings: Settings, stop: asyncio.Event, ready: asyncio.Event | None = None) -> None:
    """Answer the API until `stop`."""
    registry = kopf.OperatorRegistry()
    kopf.on.login(registry=registry)(_log_in)
    kopf.on.validate(GROUP, VERSION, PLURAL, id="validate", registry=registry)(validate)
    kopf.on.mutate(GROUP, VERSION, PLURAL, id="mark", registry=registry)(mark)
    made = kopf.OperatorSettings()
    made.scanning.disabled = True
    made.admission.server = kopf.WebhookServer(
        addr=settings.webhook_host or None,
        port=settings.webhook_port,
        certfile=settings.webhook_certificate,
        pkeyfile=settings.webhook_key,
    )
    await kopf.operator(
        registry=registry, settings=made, clusterwide=True, standalone=True, stop_flag=stop, ready_flag=ready
    )


async def validate(body: kopf.Body, **_: Any) -> None:
    """Refuse what cannot be run."""
    try:
        read_app(body)
    except InvalidAppError as error:
        raise kopf.AdmissionError(str(error), code=422) from None


async def mark(body: kopf.Body, patch: kopf.Patch, old: kopf.Body | None = None, **_: Any) -> None:
    """Say whose change it is, unless the writer said so; what is left of an earlier change says nothing."""
    before = old.metadata.annotations.get(ANNOTATION) if old else None
    given = body.metadata.annotations.get(ANNOTATION)
    if given is not None and given != before:
        return
    if old is not None and old.get("spec") == body.get("spec"):
        return  # the operator's own bookkeeping, or a label
    if own := annotate({}):
        patch.metadata.annotations.update(own)


async def _log_in(**_: object) -> kopf.ConnectionInfo:
    return await log_in()
