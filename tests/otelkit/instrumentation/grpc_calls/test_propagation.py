"""Context in metadata, beside what the application puts there."""

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import baggage, context

from .conftest import Instrument
from .served import channel, service, serving, serving_sync, sync_channel

OWN = (
    ("tag", "a"),
    ("tag", "b"),
    ("token-bin", b"\x00\xff"),
    ("traceparent", "stale"),
    ("tracestate", "stale=1"),
)


def seen_of(metadata: Any) -> list[tuple[str, Any]]:
    return [(key, value) for key, value in metadata if key in {"tag", "token-bin"}]


async def test_binary_and_repeated_keys_of_the_application_arrive(instrument: Instrument) -> None:
    recorder = instrument("aio")
    seen: list[tuple[str, Any]] = []

    async def look(request: bytes, servicer_context: Any) -> bytes:
        seen.extend(servicer_context.invocation_metadata())
        return request

    async with serving(service(unary=look)) as address, channel(address) as open_channel:
        await open_channel.unary_unary("/shop.Stock/unary")(b"1", metadata=OWN)

    assert seen_of(seen) == [("tag", "a"), ("tag", "b"), ("token-bin", b"\x00\xff")]
    assert [key for key, _ in seen].count("traceparent") == 1
    assert "tracestate" not in dict(seen)
    assert recorder.is_one_trace()


@pytest.mark.parametrize("by_position", [True, False])
def test_sync_metadata_arrives_wherever_it_stands(instrument: Instrument, by_position: bool) -> None:
    recorder = instrument("sync")
    seen: list[tuple[str, Any]] = []

    def look(request: bytes, servicer_context: Any) -> bytes:
        seen.extend(servicer_context.invocation_metadata())
        return request

    with serving_sync(service(unary=look)) as address, sync_channel(address) as open_channel:
        call = open_channel.unary_unary("/shop.Stock/unary")
        _ = call(b"1", 5.0, OWN) if by_position else call(b"1", metadata=OWN)

    assert seen_of(seen) == [("tag", "a"), ("tag", "b"), ("token-bin", b"\x00\xff")]
    assert recorder.is_one_trace()


@pytest.fixture
def tenant() -> Iterator[None]:
    token = context.attach(baggage.set_baggage("tenant", "canary-4711"))
    yield
    context.detach(token)


@pytest.mark.parametrize(("hosts", "arrives"), [([], False), (["127.0.0.1"], True)])
async def test_baggage_goes_to_allowed_hosts_alone(
    instrument: Instrument, tenant: None, hosts: list[str], arrives: bool
) -> None:
    recorder = instrument("aio", baggage_hosts=hosts)
    seen: list[Any] = []

    async def look(request: bytes, _: Any) -> bytes:
        seen.append(baggage.get_baggage("tenant"))
        return request

    async with serving(service(unary=look)) as address, channel(address) as open_channel:
        await open_channel.unary_unary("/shop.Stock/unary")(b"1")

    assert seen == ["canary-4711" if arrives else None]
    assert recorder.is_one_trace()
