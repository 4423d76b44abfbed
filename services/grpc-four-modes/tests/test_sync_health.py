"""Health of the sync server: watchers come and go while statuses change, and nothing stops."""

from threading import Thread
from typing import Any

import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from grpc_four_modes.settings import ClientSettings, Settings
from grpc_four_modes.sync_client import open_sync_client
from grpc_four_modes.sync_health import SyncHealth
from grpc_four_modes.sync_server import serving_sync

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Context:
    """As much of a call as a watch needs: it can end, in the thread that also finishes sends."""

    def add_callback(self, callback: Any) -> bool:
        self.end = callback
        return True


def set_while_a_watcher_leaves(servicer: Any) -> bool:
    """Tell whether `set` lets the thread that ends calls go on while it sends."""
    context = Context()
    went_on: list[bool] = []

    def send(response: Any) -> None:
        if response is not None and response.status == NOT_SERVING:
            thread = Thread(target=context.end, daemon=True)
            thread.start()
            thread.join(1)
            went_on.append(not thread.is_alive())

    servicer.Watch(health_pb2.HealthCheckRequest(service=""), context, send)
    servicer.set("", NOT_SERVING)
    return went_on == [True]


def test_watcher_that_leaves_while_a_status_changes_stops_nothing() -> None:
    assert set_while_a_watcher_leaves(SyncHealth())


@pytest.mark.xfail(reason="https://github.com/grpc/grpc/pull/43403: grpc's own sends with its lock held")
def test_watcher_that_leaves_while_a_status_changes_stops_grpcs_own() -> None:
    assert set_while_a_watcher_leaves(health.HealthServicer())


def test_watcher_hears_not_serving_at_the_drain_and_its_stream_ends() -> None:
    settings = ClientSettings(client_health_checks=False)
    with serving_sync(Settings(port=0, drain_seconds=20)) as port:
        client = open_sync_client(settings.model_copy(update={"target": f"127.0.0.1:{port}"}))
        channel = client.__enter__().channel
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=10)
        assert next(watch).status == SERVING

    statuses = [answer.status for answer in watch]
    client.__exit__(None, None, None)
    assert statuses == [NOT_SERVING]
