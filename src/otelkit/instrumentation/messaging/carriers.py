"""Context in a message's headers: injected into a copy, extracted from whatever a stranger sent.

Names are looked up as they are, then without their case: brokers keep it, and some clients capitalize.
What is no text is no context; whatever headers say, the message is processed.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from opentelemetry import baggage, propagate
from opentelemetry.context import Context
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.propagators.textmap import Getter, TextMapPropagator
from opentelemetry.trace import Link, get_current_span

Headers = Mapping[str, Any]
C = TypeVar("C", bound=dict[str, Any])
_W3C = {"traceparent", "tracestate", "baggage"}
_MOST_HEADERS = 200  # more are searched by exact name alone


class _HeaderGetter(Getter[Headers]):
    def get(self, carrier: Headers, key: str) -> list[str] | None:
        return _as_text(carrier.get(key))

    def keys(self, carrier: Headers) -> list[str]:
        return list(carrier)


class _AnyCaseGetter(_HeaderGetter):
    def get(self, carrier: Headers, key: str) -> list[str] | None:
        if (value := carrier.get(key)) is None:
            value = _find_without_case(carrier, key)
        return _as_text(value)


def _as_text(value: Any) -> list[str] | None:
    if type(value) is str:
        return [value]
    if isinstance(value, bytes | bytearray):
        value = value.decode("ascii", "replace")
    return [value] if isinstance(value, str) else None


def _find_without_case(carrier: Headers, key: str) -> Any:
    if len(carrier) <= _MOST_HEADERS:
        length = len(key)
        for name in carrier:
            if len(name) == length and name.lower() == key.lower():
                return carrier[name]
    return None


_EXACTLY, _IN_ANY_CASE = _HeaderGetter(), _AnyCaseGetter()
_EMPTY = Context()


def extract(headers: Headers | None) -> Context:
    """Give what the sender injected, and nothing of the receiver's own context."""
    if not headers:
        return _EMPTY
    propagator = propagate.get_global_textmap()
    return propagator.extract(headers, _EMPTY, _getter_for(headers, propagator))


def _getter_for(headers: Headers, propagator: TextMapPropagator) -> Getter[Headers]:
    # Who keeps to the case of one of W3C's names keeps to that of the others; those of B3 are often capitals.
    return _EXACTLY if "traceparent" in headers and _is_w3c(propagator) else _IN_ANY_CASE


@lru_cache(maxsize=8)
def _is_w3c(propagator: TextMapPropagator) -> bool:
    return propagator.fields <= _W3C


def carries_context(headers: Headers) -> bool:
    """Say whether headers may hold a context: by exact name, as whoever follows the conventions sends it."""
    return not _fields_of(propagate.get_global_textmap()).isdisjoint(headers)


def inject(headers: Headers | None, context: Context) -> dict[str, Any]:
    """Give a copy of the application's headers with `context`, which replaces one that is there."""
    return fill({}, headers, context)


def fill(carrier: C, headers: Headers | None, context: Context) -> C:
    """Fill an empty carrier with the application's headers and `context`.

    What they say of another goes altogether: its `tracestate` would be a lie beside this `traceparent`.
    """
    if headers:
        fields = _fields_of(propagate.get_global_textmap())
        carrier.update((name, value) for name, value in headers.items() if str(name).lower() not in fields)
    propagate.inject(carrier, context)
    return carrier


@lru_cache(maxsize=8)
def _fields_of(propagator: TextMapPropagator) -> frozenset[str]:
    return frozenset(field.lower() for field in propagator.fields)


def link_to(created: Context) -> Link | None:
    """Give a link to the span of an extracted context, if there is one."""
    context = get_current_span(created).get_span_context()
    return Link(context) if context.is_valid else None


Creation = tuple[Context, Link | None]
"""What a message says of its creation: the context, and a link to its span, if there is one."""


def creation_of(headers: Headers | None) -> Creation:
    """Read it from a message's headers; once for each message, for links and parents alike."""
    if not headers:
        return _UNKNOWN
    context = extract(headers)
    return context, link_to(context)


_UNKNOWN: Creation = _EMPTY, None


def link_of(headers: Headers | None) -> Link | None:
    """Read the link alone, for whoever needs no context: baggage is not looked at."""
    if not headers:
        return None
    propagator = _without_baggage(propagate.get_global_textmap())
    return link_to(propagator.extract(headers, _EMPTY, _getter_for(headers, propagator)))


@lru_cache(maxsize=8)
def _without_baggage(propagator: TextMapPropagator) -> TextMapPropagator:
    parts = getattr(propagator, "_propagators", (propagator,))
    others = [part for part in parts if set(part.fields) != {"baggage"}]
    return others[0] if len(others) == 1 else CompositePropagator(others)


def links_of(headers: Sequence[Headers | None]) -> list[Link]:
    """Give a link to the creation context of each message that has one."""
    return [link for one in headers if (link := link_of(one)) is not None]


def rebase(created: Context, around: Context | None) -> Context:
    """Give what the sender sent without its span, in `around`."""
    base = Context() if around is None else around
    for name, value in baggage.get_all(created).items():
        base = baggage.set_baggage(name, value, base)
    return base
