"""Object store: a span for each operation; the chunks of an object are parts of one.

Size in bytes and number of chunks are on the span. The context is stored with the object.
"""

from typing import Any

from nats.js.object_store import ObjectStore
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MESSAGING_MESSAGE_BODY_SIZE
from opentelemetry.trace import Span

from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.stores import Store, patch_store
from otelkit.instrumentation.nats.telemetry import NatsTelemetry
from otelkit.instrumentation.nats.vocabulary import CHUNKS, OBJECT, OBJECTS


def patch_objects(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Patch `ObjectStore`."""
    patch_store(patches, telemetry, _STORE)


def _describe(_: str, name: str) -> dict[str, Any]:
    return {OBJECT: name}


def _note(span: Span, result: Any) -> None:
    info = getattr(result, "info", result)
    if getattr(info, "size", None) is not None:
        span.set_attribute(MESSAGING_MESSAGE_BODY_SIZE, info.size)
        span.set_attribute(CHUNKS, info.chunks or 0)


_STORE = Store(
    kind=ObjectStore,
    prefix=OBJECTS,
    reads=("get", "get_info", "list"),
    writes=("put", "update_meta", "delete"),
    describe=_describe,
    note=_note,
)
