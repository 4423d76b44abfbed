"""What tools ask: reflection, and health of each service by itself."""

from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from grpc_four_modes.generated.stock_pb2 import DESCRIPTOR
from grpc_four_modes.settings import ClientSettings, Settings
from grpc_four_modes.sync_client import SyncClient, open_sync_client
from grpc_four_modes.sync_server import serving_sync
from grpc_four_modes.wire import channel_options, server_options

NAMES = ["", "shop.stock.v1.Stock", "shop.stock.v1.Warehouse"]


def ask(client: SyncClient, service: str) -> Any:
    stub = health_pb2_grpc.HealthStub(client.channel)
    return stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=5).status


def test_sync_server_answers_tools() -> None:
    with (
        serving_sync(Settings(port=0)) as port,
        open_sync_client(ClientSettings(target=f"127.0.0.1:{port}")) as client,
    ):
        described = ProtoReflectionDescriptorDatabase(client.channel)
        assert set(NAMES[1:]) <= set(described.get_services())
        found = described.FindFileContainingSymbol("shop.stock.v1.Stock")
        assert found.name == DESCRIPTOR.name
        assert {ask(client, name) for name in NAMES} == {health_pb2.HealthCheckResponse.SERVING}
        with pytest.raises(grpc.RpcError) as caught:
            ask(client, "nope")

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


def test_pings_are_not_sent_more_often_than_the_server_allows() -> None:
    """Or the server would close the connection: ENHANCE_YOUR_CALM, too_many_pings."""
    server = dict(server_options(Settings(keepalive_seconds=10)))
    client = dict(channel_options(ClientSettings(keepalive_seconds=10), NAMES[1]))
    sent, allowed = client["grpc.keepalive_time_ms"], server["grpc.http2.min_ping_interval_without_data_ms"]
    assert int(sent) > int(allowed)
