"""The headers of a request, read once: those that carry context, and the few that become attributes.

Decision: where the global propagators read nothing but W3C's headers and none is there, nothing is
extracted; that is the common case at the edge. Duplicates are all handed to the propagator, which decides.
"""

from collections.abc import Mapping
from typing import NamedTuple

from opentelemetry import propagate
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import Getter, TextMapPropagator

from otelkit.instrumentation.asgi.protocol import Scope

_W3C = frozenset({"traceparent", "tracestate", "baggage"})
_ATTRIBUTES = frozenset({b"host", b"user-agent"})
_NOTHING = Context()


class RequestHeaders(NamedTuple):
    """What was found: the caller's context, and raw values of headers that become attributes."""

    context: Context
    named: Mapping[bytes, bytes]


class _ListGetter(Getter[Mapping[str, list[str]]]):
    def get(self, carrier: Mapping[str, list[str]], key: str) -> list[str] | None:
        return carrier.get(key.lower())

    def keys(self, carrier: Mapping[str, list[str]]) -> list[str]:
        return list(carrier)


_getter = _ListGetter()


class HeaderReader:
    """Knows which headers matter to the propagators that are global now."""

    def __init__(self) -> None:
        self._propagator: TextMapPropagator | None = None
        self._wanted: frozenset[bytes] | None = None

    def read(self, scope: Scope) -> RequestHeaders:
        """Pass over the headers; ASGI has their names in lower case."""
        propagator = propagate.get_global_textmap()
        if propagator is not self._propagator:
            self._learn(propagator)
        wanted = self._wanted
        if wanted is None:
            return _read_all(scope, propagator)
        found = [pair for pair in scope["headers"] if pair[0] in wanted]
        named = {name: value for name, value in found if name in _ATTRIBUTES}
        if len(named) == len(found):
            return RequestHeaders(_NOTHING, named)
        return RequestHeaders(_extract(found, propagator), named)

    def _learn(self, propagator: TextMapPropagator) -> None:
        # `fields` are what a propagator writes; what B3's reads is more, so only W3C's are trusted.
        fields = frozenset(propagator.fields)
        self._wanted = frozenset(map(str.encode, fields)) | _ATTRIBUTES if fields <= _W3C else None
        self._propagator = propagator


def _read_all(scope: Scope, propagator: TextMapPropagator) -> RequestHeaders:
    return RequestHeaders(_extract(scope["headers"], propagator), dict(reversed(scope["headers"])))


def _extract(headers: list[tuple[bytes, bytes]], propagator: TextMapPropagator) -> Context:
    carrier: dict[str, list[str]] = {}
    for name, value in headers:
        carrier.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return propagator.extract(carrier, Context(), _getter)
