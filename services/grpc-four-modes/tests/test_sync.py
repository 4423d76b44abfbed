"""Server and client of threads leave the same traces, and answer the same."""

import itertools
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import grpc
import pytest

from grpc_four_modes.generated.stock_pb2 import Adjustment
from grpc_four_modes.haggling import Buyer
from grpc_four_modes.settings import ClientSettings, Settings
from grpc_four_modes.sync_client import SyncClient, open_sync_client
from grpc_four_modes.sync_modes import adjust, negotiate, reserve, watch
from grpc_four_modes.sync_server import serving_sync
from otelkit import Telemetry
from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces


@contextmanager
def open_shop(**settings: Any) -> Iterator[SyncClient]:
    with (
        serving_sync(Settings(**{"port": 0, "drain_seconds": 1, **settings})) as port,
        open_sync_client(ClientSettings(target=f"127.0.0.1:{port}")) as client,
    ):
        yield client


@pytest.fixture
def client(telemetry: Telemetry) -> Iterator[SyncClient]:
    with open_shop() as client:
        yield client


def lamps(count: int) -> Iterator[Adjustment]:
    return itertools.repeat(Adjustment(item="lamp", change=1), count)


def test_reservation(client: SyncClient, otlp_sink: Sink, readme_trace: ReadmeTraces) -> None:
    answer = reserve.call(client, "chair", 6)

    assert (answer.left, answer.supplied) == (0, 2)
    assert trace_tree(otlp_sink.wait_for_spans(5)) == readme_trace("reserve-supplied")


def test_watching(client: SyncClient, otlp_sink: Sink, readme_trace: ReadmeTraces) -> None:
    levels = [level.quantity for level in watch.call(client, "tea", 1)]

    assert levels == [100]
    assert trace_tree(otlp_sink.wait_for_spans(2)) == readme_trace("watch")


def test_reader_who_has_seen_enough(client: SyncClient, otlp_sink: Sink, readme_trace: ReadmeTraces) -> None:
    with closing(watch.call(client, "tea")) as levels:
        next(levels)

    assert trace_tree(otlp_sink.wait_for_spans(2)) == readme_trace("watch-left")


def test_watcher_is_told_of_changes(client: SyncClient) -> None:
    with closing(watch.call(client, "lamp")) as levels:
        first = next(levels).quantity
        adjust.call(client, lamps(1))
        assert next(levels).quantity == first + 1


def test_bulk_adjustment(client: SyncClient, otlp_sink: Sink, readme_trace: ReadmeTraces) -> None:
    sent: list[int] = []
    result = adjust.call(client, lamps(1000), lambda: sent.append(1))

    assert result.adjusted == len(sent) == 1000
    assert trace_tree(otlp_sink.wait_for_spans(2)) == readme_trace("adjust")


def test_negotiation(client: SyncClient, otlp_sink: Sink, readme_trace: ReadmeTraces) -> None:
    answers = [answer for _, answer in negotiate.call(client, Buyer("tea", 10, 900))]

    assert answers[-1].agreed
    assert trace_tree(otlp_sink.wait_for_spans(2)) == readme_trace("negotiate")


def test_unknown_item(client: SyncClient, otlp_sink: Sink, readme_trace: ReadmeTraces) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        reserve.call(client, "unicorn", 1)

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert trace_tree(otlp_sink.wait_for_spans(2)) == readme_trace("reserve-unknown")


def test_drain_ends_watchers_with_a_status_that_says_why(telemetry: Telemetry, otlp_sink: Sink) -> None:
    shop = open_shop(drain_seconds=20)
    with shop as client:
        levels = watch.call(client, "tea")
        next(levels)
    with pytest.raises(grpc.RpcError), closing(levels):
        next(levels)

    assert {span.name for span in otlp_sink.wait_for_spans(2)} == {"shop.stock.v1.Stock/WatchStock"}
