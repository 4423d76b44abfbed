"""Resources and scopes are encoded once, found by identity, and bounded."""

from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope as ScopeMessage
from opentelemetry.proto.resource.v1.resource_pb2 import Resource as ResourceMessage
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otelkit.encoding import address as kept
from otelkit.encoding.address import ADDRESSES, find_address

SHOP = Resource({"service.name": "shop"}, "https://example.com/r")
SCOPE = InstrumentationScope("orders", "1.2", "https://example.com/s", {"team": "a"})


def test_address_holds_resource_and_scope_encoded() -> None:
    address = find_address(SHOP, SCOPE)
    of_resource = ResourceSpans.FromString(address.origin.head + address.origin.tail)
    of_scope = ScopeSpans.FromString(address.head + address.tail)

    assert of_resource.resource.attributes[0].value.string_value == "shop"
    assert of_resource.schema_url == "https://example.com/r"
    assert (of_scope.scope.name, of_scope.scope.version, of_scope.schema_url) == (
        "orders",
        "1.2",
        SCOPE.schema_url,
    )
    assert [pair.key for pair in of_scope.scope.attributes] == ["team"]


def test_absent_scope_is_an_empty_message() -> None:
    address = find_address(SHOP, None)

    assert ScopeSpans.FromString(address.head + address.tail) == ScopeSpans(scope=ScopeMessage())


def test_equal_resources_and_scopes_have_one_address() -> None:
    equal = Resource({"service.name": "shop"}, "https://example.com/r")
    twin = InstrumentationScope("orders", "1.2", "https://example.com/s", {"team": "a"})

    assert find_address(SHOP, SCOPE) is find_address(equal, twin)
    assert find_address(SHOP, SCOPE) is find_address(SHOP, SCOPE)


def test_resource_that_replaces_another_after_a_fork_has_its_own_address() -> None:
    before = find_address(Resource({"service.instance.id": "1"}), SCOPE)
    after = find_address(Resource({"service.instance.id": "2"}), SCOPE)

    assert before.origin is not after.origin


def test_scopes_of_one_resource_share_its_bytes() -> None:
    assert find_address(SHOP, SCOPE).origin is find_address(SHOP, None).origin


def test_ever_new_resources_stay_within_the_bound_and_are_never_mistaken() -> None:
    # Not kept here, so that their ids would be given away again if nobody held them.
    for number in range(3 * ADDRESSES):
        address = find_address(Resource({"n": number}), None)
        message = ResourceSpans.FromString(address.origin.head).resource
        assert message == ResourceMessage(attributes=message.attributes)
        assert message.attributes[0].value.int_value == number

    assert len(kept._found) <= ADDRESSES
    assert len(kept._addresses) <= ADDRESSES
    assert len(kept._origins) <= ADDRESSES
