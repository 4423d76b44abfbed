"""Where an encoded item belongs: its resource and its instrumentation scope, encoded once.

Role: a queue keeps for each item its bytes and a reference to one of these, shared by all items of a tracer
or logger. Decision: found by identity first, which costs no hashing of attributes; equal content leads to
one and the same address, so that requests group as the SDK's encoder does. The objects asked for are kept
with the answer, or their ids could be given to others. Convention: ResourceSpans and ScopeSpans of
opentelemetry-proto; ResourceLogs, ScopeLogs, ResourceMetrics and ScopeMetrics have the same fields.
"""

from dataclasses import dataclass

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otelkit.encoding.attributes import encode_attributes
from otelkit.encoding.names import Names
from otelkit.encoding.wire import LENGTH, delimited, tag

ADDRESSES = 1_024

_FIRST, _RESOURCE_ATTRIBUTES, _SCOPE_ATTRIBUTES = tag(1, LENGTH), tag(1, LENGTH), tag(3, LENGTH)
_names, _versions, _schema_urls = Names(tag(1, LENGTH)), Names(tag(2, LENGTH)), Names(tag(3, LENGTH))


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """A resource: `head` and `tail` are the fields before and after the scopes in ResourceSpans."""

    head: bytes
    tail: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Address:
    """A scope of a resource: `head` and `tail` are the fields before and after the items in ScopeSpans."""

    origin: Origin
    head: bytes
    tail: bytes


_found: dict[tuple[int, int], tuple[Address, Resource, InstrumentationScope | None]] = {}
_origins: dict[tuple[bytes, bytes], Origin] = {}
_addresses: dict[tuple[Origin, bytes, bytes], Address] = {}


def find_address(resource: Resource, scope: InstrumentationScope | None) -> Address:
    """Give the address of items of this resource and scope; the same one for equal content.

    Past `ADDRESSES` all are forgotten and made anew. Those that items refer to stay valid; a request that has
    addresses of before and after names their resource twice, which OTLP allows.
    """
    found = _found.get((id(resource), id(scope)))
    return found[0] if found is not None else _make_address(resource, scope)


def _make_address(resource: Resource, scope: InstrumentationScope | None) -> Address:
    if len(_found) >= ADDRESSES:
        forget()
    head, tail = encode_resource(resource), _schema_urls[resource.schema_url]
    origin = _origins.setdefault((head, tail), Origin(head, tail))
    head, tail = encode_scope(scope), _schema_urls[scope.schema_url] if scope else b""
    address = _addresses.setdefault((origin, head, tail), Address(origin, head, tail))
    _found[id(resource), id(scope)] = address, resource, scope
    return address


def forget() -> None:
    """Forget all addresses."""
    _found.clear()
    _addresses.clear()
    _origins.clear()


def encode_resource(resource: Resource) -> bytes:
    """Encode as the `resource` field of ResourceSpans, ResourceLogs or ResourceMetrics."""
    return delimited(_FIRST, encode_attributes(_RESOURCE_ATTRIBUTES, resource.attributes))


def encode_scope(scope: InstrumentationScope | None) -> bytes:
    """Encode as the `scope` field of ScopeSpans, ScopeLogs or ScopeMetrics; an empty message for none."""
    if not scope:
        return delimited(_FIRST, b"")
    body = _names[scope.name] + _versions[scope.version]
    return delimited(_FIRST, body + encode_attributes(_SCOPE_ATTRIBUTES, scope.attributes))
