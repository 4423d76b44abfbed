"""Where kopf is patched: names of modules, because callers look them up there."""

from collections.abc import Callable
from typing import Any

from kopf._cogs.clients import api
from kopf._core.actions import execution
from kopf._core.reactor import processing, queueing

from otelkit.instrumentation.kopf.handling import Handling
from otelkit.instrumentation.kopf.records import tidy_records


def patch_kopf(handling: Handling) -> Callable[[], None]:
    """Put telemetry around kopf's functions; gives what takes it away again."""
    places: list[tuple[Any, str, Callable[[Any], Any]]] = [
        (execution, "execute_handler_once", handling.around_execution),
        (execution, "invoke_handler", handling.around_invocation),
        (processing, "process_resource_event", handling.around_processing),
        (queueing, "worker", handling.queues.watch),
        (api, "request", handling.around_request),
    ]
    originals = [(module, name, getattr(module, name)) for module, name, _ in places]
    for module, name, around in places:
        setattr(module, name, around(getattr(module, name)))

    stop_tidying = tidy_records()

    def restore() -> None:
        for module, name, original in originals:
            setattr(module, name, original)
        handling.meters.stop()
        stop_tidying()

    return restore
