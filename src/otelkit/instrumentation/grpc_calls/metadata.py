"""Context in metadata: keys are lower-case and may repeat, values of `-bin` keys are bytes and not ours."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from opentelemetry import propagate
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import Getter, TextMapPropagator

Metadata = Iterable[tuple[str, str | bytes]]


class _MetadataGetter(Getter[Sequence[tuple[str, str | bytes]]]):
    def get(self, carrier: Sequence[tuple[str, str | bytes]], key: str) -> list[str] | None:
        key = key.lower()
        values = [value for name, value in carrier if name == key and isinstance(value, str)]
        return values or None

    def keys(self, carrier: Sequence[tuple[str, str | bytes]]) -> list[str]:
        return [name for name, _ in carrier]


_GETTER = _MetadataGetter()


def carries_context(metadata: Sequence[tuple[str, str | bytes]] | None) -> bool:
    """Whether the caller sent a context that a propagator of this process understands."""
    return not _fields_of(propagate.get_global_textmap()).isdisjoint([key for key, _ in metadata or ()])


@lru_cache(maxsize=8)
def _fields_of(propagator: TextMapPropagator) -> frozenset[str]:
    return frozenset(field.lower() for field in propagator.fields)


def extract(metadata: Sequence[tuple[str, str | bytes]] | None, into: Context) -> Context:
    """The context that the caller sent, on top of `into`."""
    return propagate.extract(metadata, into, _GETTER) if metadata else into


def inject(metadata: Metadata | None, context: Context) -> tuple[tuple[str, str | bytes], ...]:
    """`metadata` with `context`; what it says of another context goes altogether, never stands beside it."""
    carrier: dict[str, str] = {}
    propagator = propagate.get_global_textmap()
    propagator.inject(carrier, context)
    added = tuple((key.lower(), value) for key, value in carrier.items())
    if not metadata:
        return added
    names = _fields_of(propagator) | {key for key, _ in added} if added else ()
    return (*((key, value) for key, value in metadata if key not in names), *added)
