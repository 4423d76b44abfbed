"""Bearer tokens: who has none is refused in every mode, with a server span and without the token in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from grpc_four_modes.client import Client
from grpc_four_modes.generated.stock_pb2 import Adjustment, ReserveRequest
from grpc_four_modes.haggling import Buyer
from grpc_four_modes.modes import adjust, negotiate, reserve, watch
from grpc_four_modes.settings import ClientSettings, Settings
from grpc_four_modes.sync_client import open_sync_client
from grpc_four_modes.sync_modes import reserve as sync_reserve
from grpc_four_modes.sync_server import serving_sync
from otelkit import Telemetry
from otelkit.traces import Span

Spans = Callable[[int], Awaitable[list[Span]]]
OpenShop = Callable[..., Any]
TOKENS = "old-canary-1, new-canary-2"


async def call_reserve(client: Client) -> None:
    await reserve.call(client, "tea", 1)


async def call_watch(client: Client) -> None:
    async for _ in watch.call(client, "tea", 1):
        pass


async def call_adjust(client: Client) -> None:
    async def none() -> AsyncIterator[Adjustment]:
        yield Adjustment(item="tea", change=1)

    await adjust.call(client, none())


async def call_negotiate(client: Client) -> None:
    async for _ in negotiate.call(client, Buyer("tea", 1, 200)):
        pass


MODES = (call_reserve, call_watch, call_adjust, call_negotiate)


@pytest.mark.parametrize("call", MODES)
async def test_call_without_a_token_is_refused_in_every_mode(
    open_shop: OpenShop, call: Callable[[Client], Awaitable[None]], spans: Spans
) -> None:
    async with open_shop(tokens=TOKENS) as client:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(client)
        found = await spans(2)

    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert {span.attributes["rpc.response.status_code"] for span in found} == {"UNAUTHENTICATED"}
    assert {(span.kind, span.status) for span in found} == {("CLIENT", "ERROR"), ("SERVER", "UNSET")}


@pytest.mark.parametrize("call", MODES)
@pytest.mark.parametrize("token", ["old-canary-1", "new-canary-2"])
async def test_call_with_any_of_the_tokens_passes(
    open_shop: OpenShop, call: Callable[[Client], Awaitable[None]], token: str, spans: Spans
) -> None:
    async with open_shop({"token": token}, tokens=TOKENS) as client:
        await call(client)
        found = await spans(2)

    assert "canary" not in str(found)


@pytest.mark.parametrize(
    "metadata",
    [
        (("authorization", "Bearer wrong"),),
        (("authorization", "old-canary-1"),),
        (("authorization", "bearer old-canary-1"),),
        (("authorization", "Bearer "),),
        (("authorization", "Bearer old-canary-1,new-canary-2"),),
        (("authorization", "Bearer old-canary-1"), ("authorization", "Bearer wrong")),
        (("authorization-bin", b"Bearer old-canary-1"),),
    ],
)
async def test_what_is_nearly_a_token_does_not_count(open_shop: OpenShop, metadata: Any) -> None:
    async with open_shop(tokens=TOKENS) as client:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await client.stock.Reserve(ReserveRequest(), metadata=metadata)

    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_health_is_asked_without_a_token(open_shop: OpenShop) -> None:
    async with open_shop(tokens=TOKENS) as client:
        stub = health_pb2_grpc.HealthStub(client.channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest(service="shop.stock.v1.Warehouse"))

    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_the_service_asks_its_own_warehouse_with_a_token(open_shop: OpenShop) -> None:
    async with open_shop({"token": "new-canary-2"}, tokens=TOKENS) as client:
        assert (await reserve.call(client, "chair", 6)).supplied == 2


@pytest.mark.parametrize(("token", "code"), [(None, "UNAUTHENTICATED"), ("new-canary-2", "OK")])
def test_sync_server_asks_for_the_same_tokens(telemetry: Telemetry, token: Any, code: str) -> None:
    settings = Settings.model_validate({"port": 0, "tokens": TOKENS})
    with serving_sync(settings) as port:
        client_settings = ClientSettings(target=f"127.0.0.1:{port}", token=token)
        with open_sync_client(client_settings) as client:
            try:
                sync_reserve.call(client, "tea", 1)
                found = "OK"
            except grpc.RpcError as error:
                found = error.code().name

    assert found == code
