"""Propagator of W3C Baggage (https://www.w3.org/TR/baggage/).

Decisions where the specification leaves them open: a malformed list-member is skipped and the others kept;
of a key that comes twice the last value counts; of more than 64 entries or 8,192 bytes, those that do not
fit go, whole. A header is read up to the 180 list-members that its grammar has. Nothing raises and nothing
is logged: values of baggage are personal data as often as not.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from opentelemetry import baggage
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)

from otelkit.propagation.members import Member, format_member, parse_member
from otelkit.propagation.metadata import described, metadata_of, store

BAGGAGE = "baggage"
MAX_MEMBERS = 64
MAX_BYTES = 8192
_MAX_READ_MEMBERS = 180


class BaggagePropagator(TextMapPropagator):
    """Reads and writes `baggage`."""

    def extract(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,
    ) -> Context:
        """Give `context` (a new one by default) with the caller's baggage added to its own."""
        if context is None:
            context = Context()
        try:
            headers = getter.get(carrier, BAGGAGE)
        except ValueError:  # contrib's ASGI getter on some bytes, opentelemetry-python-contrib#1478
            return context
        if not headers:
            return context
        members = read_members(headers)
        for member in members.values():
            context = baggage.set_baggage(member.key, member.value, context)
        added = {
            member.key: (member.value, member.metadata) for member in members.values() if member.metadata
        }
        return store(added, context) if added else context

    def inject(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        """Write the baggage of `context` (by default the current one); nothing when there is none."""
        if baggage.get_all(context) and (header := ",".join(_fitting(_written(context)))):
            setter.set(carrier, BAGGAGE, header)

    @property
    def fields(self) -> set[str]:
        """Names of the headers that inject() writes."""
        return {BAGGAGE}


def read_members(headers: Iterable[str]) -> dict[str, Member]:
    """Valid list-members by key, within the limits."""
    members: dict[str, Member] = {}
    size = 0
    for text in islice(_split(headers), _MAX_READ_MEMBERS):
        member = parse_member(text) if len(text) <= MAX_BYTES else None
        if member is None:
            continue
        old = members.get(member.key)
        added = member.size - old.size if old else member.size + (len(",") if members else 0)
        if size + added <= MAX_BYTES and (old or len(members) < MAX_MEMBERS):
            members[member.key] = member
            size += added
    return members


def _split(headers: Iterable[str]) -> Iterator[str]:
    for header in headers:
        if isinstance(header, str):
            for text in header.split(",", _MAX_READ_MEMBERS)[:_MAX_READ_MEMBERS]:
                if trimmed := text.strip(" \t"):
                    yield trimmed


def _written(context: Context | None) -> Iterator[str]:
    known = described(context)
    for key, value in baggage.get_all(context).items():
        member = format_member(key, str(value), metadata_of(value, known.get(key)))
        if member is not None:
            yield member


def _fitting(members: Iterable[str]) -> Iterator[str]:
    count, size = 0, -len(",")
    for member in members:
        if count < MAX_MEMBERS and size + len(",") + len(member) <= MAX_BYTES:
            count, size = count + 1, size + len(",") + len(member)
            yield member
