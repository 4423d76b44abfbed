"""Key-value: a span for each operation on a bucket; a watch is processed as a subscription is (`watchers`).

The key is in the span's destination name alone. A revision is a sequence of the bucket's stream.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nats.js.kv import KeyValue
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MESSAGING_DESTINATION_NAME
from opentelemetry.trace import Span

from otelkit.instrumentation.nats.inner import QUIET, Within
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.stores import Store, patch_reading, patch_store
from otelkit.instrumentation.nats.telemetry import NatsTelemetry
from otelkit.instrumentation.nats.vocabulary import KEY_VALUE, SEQUENCE


def patch_key_values(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Patch `KeyValue`."""
    patch_reading(patches, telemetry)
    patch_store(patches, telemetry, _STORE)
    patches.replace(KeyValue, "purge_deletes", _quietly)  # management; it watches, and processes nothing


def _quietly(original: Callable[..., Any]) -> Any:
    @wraps(original)
    async def run(*arguments: Any, **named: Any) -> Any:
        with Within(QUIET):
            return await original(*arguments, **named)

    return run


def _describe(bucket: str, key: str) -> dict[str, Any]:
    return {MESSAGING_DESTINATION_NAME: f"{KEY_VALUE}{bucket}.{key}"}


def _note(span: Span, result: Any) -> None:
    revision = getattr(result, "revision", result)
    if type(revision) is int:  # not the True of a deletion
        span.set_attribute(SEQUENCE, revision)


_STORE = Store(
    kind=KeyValue,
    prefix=KEY_VALUE,
    reads=("get", "keys", "history"),
    writes=("put", "create", "update", "delete", "purge"),
    describe=_describe,
    note=_note,
)
