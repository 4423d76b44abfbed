"""The server as a process, asyncio and sync: SIGTERM under load ends it in time, and nothing is lost."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import grpc
import pytest

from grpc_four_modes.client import Client, open_client
from grpc_four_modes.generated.stock_pb2 import Adjustment
from grpc_four_modes.modes import reserve, watch
from grpc_four_modes.settings import ClientSettings
from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

STYLES = ("asyncio", "sync")
# Nothing leaves before the end: what arrives was flushed by it.
DELAYS = dict.fromkeys(("OTEL_BSP_SCHEDULE_DELAY", "OTEL_BLRP_SCHEDULE_DELAY"), "60000")
DELAYS["OTEL_METRIC_EXPORT_INTERVAL"] = "60000"
Serve = Callable[..., tuple[ServiceProcess, ClientSettings]]


@pytest.fixture
def serve(otlp_sink: Sink) -> Iterator[Serve]:
    """Start a server of one style; it ends with the test at the latest."""
    with ExitStack() as running:

        def start(style: str, **environment: str) -> tuple[ServiceProcess, ClientSettings]:
            port = free_port()
            ours = {"GRPC_FOUR_MODES_PORT": str(port), "GRPC_FOUR_MODES_STYLE": style}
            environ = {**otlp_sink.environment(), **DELAYS, **ours, **environment}
            process = ServiceProcess([sys.executable, "-m", "grpc_four_modes"], environ, port)
            running.enter_context(process).wait_until_listening()
            return process, ClientSettings(target=f"127.0.0.1:{port}", attempts=1, wait_for_ready=False)

        yield start


async def end(process: ServiceProcess, number: int = signal.SIGTERM) -> float:
    return await asyncio.to_thread(process.end, number)


@pytest.mark.parametrize("style", STYLES)
async def test_sigterm_under_load_loses_no_span_of_a_call_that_was_answered(
    serve: Serve, otlp_sink: Sink, style: str
) -> None:
    process, settings = serve(style)
    answered: list[str] = []

    async def load(client: Client) -> None:
        while True:
            answered.append((await reserve.call(client, "chair", 10)).reservation_id)

    async with open_client(settings) as client:
        loads = [asyncio.ensure_future(load(client)) for _ in range(8)]
        while len(answered) < 200:  # noqa: ASYNC110 - eight tasks add to it
            await asyncio.sleep(0.01)
        seconds = await end(process)
        errors = await asyncio.gather(*loads, return_exceptions=True)

    spans = otlp_sink.spans()
    served = [span for span in spans if span.name.endswith("/Reserve") and span.kind == "SERVER"]
    assert process.process.returncode == 0
    assert {type(error) for error in errors} == {grpc.aio.AioRpcError}
    assert len([span for span in served if span.status == "UNSET"]) >= len(answered)
    assert len([span for span in spans if span.name == "take stock"]) >= len(answered)
    assert max(point.value or 0 for point in otlp_sink.metrics("shop.stock.changes")) >= len(answered)
    assert seconds < 8


@pytest.mark.parametrize("style", STYLES)
async def test_call_under_way_is_finished_and_new_ones_go_elsewhere(
    serve: Serve, otlp_sink: Sink, style: str
) -> None:
    process, settings = serve(style, GRPC_FOUR_MODES_DRAIN_SECONDS="10")
    async with open_client(settings) as client:
        call = client.stock.BulkAdjust(None, timeout=20)
        await call.write(adjustment())
        ending = asyncio.ensure_future(end(process))
        while "draining" not in process.output():  # noqa: ASYNC110 - another process says it
            await asyncio.sleep(0.02)
        await call.done_writing()
        result = await call
        assert await ending < 8

    assert result.adjusted == 1
    assert [span.status for span in otlp_sink.spans()] == ["UNSET"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_watchers_are_told_and_do_not_hold_the_server(
    serve: Serve, otlp_sink: Sink, style: str, number: int
) -> None:
    process, settings = serve(style, GRPC_FOUR_MODES_DRAIN_SECONDS="20")
    settings = settings.model_copy(update={"client_health_checks": True})
    async with open_client(settings) as client:
        levels = watch.call(client, "tea")
        await anext(levels)
        ending = asyncio.ensure_future(end(process, number))
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await anext(levels)
        seconds = await ending

    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert [span.attributes["rpc.response.status_code"] for span in otlp_sink.spans()] == ["UNAVAILABLE"]
    assert process.process.returncode == 0
    assert seconds < 8


@pytest.mark.parametrize("style", STYLES)
async def test_drain_that_takes_too_long_is_cut_off_with_a_span(
    serve: Serve, otlp_sink: Sink, style: str
) -> None:
    process, settings = serve(style, GRPC_FOUR_MODES_DRAIN_SECONDS="0.3")
    async with open_client(settings) as client:
        call = client.stock.BulkAdjust(None, timeout=20)
        await call.write(adjustment())
        seconds = await end(process)
        with pytest.raises(grpc.aio.AioRpcError):
            await call

    assert [span.name for span in otlp_sink.spans()] == ["shop.stock.v1.Stock/BulkAdjust"]
    assert seconds < 8


def adjustment() -> Adjustment:
    return Adjustment(item="tea", change=1)
