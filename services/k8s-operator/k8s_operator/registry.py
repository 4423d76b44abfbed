"""What kopf calls for what: one registry for each run, so that nothing is registered by an import."""

import kopf

from k8s_operator.cluster import log_in
from k8s_operator.handlers import Handlers
from k8s_operator.names import GROUP, INSTANCE, MANAGED_BY, OPERATOR, OURS, PLURAL, VERSION
from k8s_operator.persistence import keep_in_annotations
from k8s_operator.settings import Settings

CHILDREN = (
    ("", "v1", "configmaps", "ConfigMap"),
    ("", "v1", "services", "Service"),
    ("apps", "v1", "deployments", "Deployment"),
)
APP = (GROUP, VERSION, PLURAL)
FOREVER = 1_000_000


def make_registry(handlers: Handlers) -> kopf.OperatorRegistry:
    """Register the handlers."""
    registry = kopf.OperatorRegistry()
    kopf.on.login(registry=registry)(_log_in)
    kopf.index(*APP, id="MyApp", registry=registry)(handlers.index)
    for *resource, kind in CHILDREN:
        ours = {MANAGED_BY: OPERATOR}
        kopf.index(*resource, id=kind, labels=ours, registry=registry)(handlers.index)
        kopf.on.event(*resource, id=f"correct-{kind}", registry=registry)(handlers.correct)
    for decorate in (kopf.on.create, kopf.on.update, kopf.on.resume):
        decorate(*APP, id="reconcile", registry=registry)(handlers.change)
    optional = not handlers.cleanup.is_needed  # then there is nothing to wait for: no finalizer
    kopf.on.delete(*APP, id="forget", optional=optional, registry=registry)(handlers.forget)
    kopf.on.event(*APP, id="gone", when=is_deleted, registry=registry)(handlers.gone)
    return registry


def make_settings(settings: Settings) -> kopf.OperatorSettings:
    """Give kopf's settings."""
    made = kopf.OperatorSettings()
    keep_in_annotations(made)
    made.scanning.disabled = True  # or the operator would need rights on definitions and namespaces
    made.queueing.worker_limit = None  # `Turns` bounds the work; a limit here would hold back events, too
    made.queueing.exit_timeout = settings.drain_seconds
    made.posting.reporting_component = OPERATOR
    made.posting.reporting_instance = settings.identity[:128]
    made.posting.event_name_prefix = f"{OPERATOR}-"
    made.networking.request_timeout = settings.request_seconds
    made.networking.error_backoffs = [settings.backoff_seconds * 2**number for number in range(4)]
    made.execution.default_backoff = settings.backoff_seconds
    for group, version, plural, _ in CHILDREN:
        made.watching.label_selectors[group, version, plural] = f"{OURS},{INSTANCE}"
    return made


def is_deleted(type: str | None, **_: object) -> bool:  # noqa: A002 - kopf's name
    """Whether an event of a watch is the last one of its object."""
    return type == "DELETED"


async def _log_in(**_: object) -> kopf.ConnectionInfo:
    return await log_in()
