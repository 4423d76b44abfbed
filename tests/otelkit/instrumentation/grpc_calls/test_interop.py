"""One trace with upstream's instrumentation on the other side, both ways, in both stacks."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry import trace

from otelkit.instrumentation import grpc_aio, grpc_sync
from otelkit.instrumentation.grpc_calls import ClientSide, ServerSide
from otelkit.instrumentation.grpc_calls.options import Options

from .conftest import INSTRUMENTORS
from .recorder import Recorder
from .served import call_once

STACKS: dict[str, Any] = {"aio": grpc_aio, "sync": grpc_sync}
Use = Callable[[str, int], None]


@pytest.fixture
def recorder(reset_telemetry: None) -> Iterator[Recorder]:
    recorder = Recorder()
    trace.set_tracer_provider(recorder.tracers)  # upstream's sync client takes no provider
    yield recorder
    recorder.tracers.shutdown()
    recorder.meters.shutdown()


@pytest.fixture
def use_upstream() -> Iterator[Use]:
    """Instrument one side with upstream's: 0 the client, 1 the server."""
    used: list[Any] = []

    def use(stack: str, side: int) -> None:
        used.append(INSTRUMENTORS["upstream", stack][side]())
        used[-1].instrument()

    yield use
    for instrumentor in used:
        instrumentor.uninstrument()


@pytest.mark.parametrize("stack", STACKS)
async def test_upstreams_server_continues_our_trace(
    recorder: Recorder, use_upstream: Use, stack: str
) -> None:
    use_upstream(stack, 1)
    put_back = STACKS[stack].patch_calls(ClientSide("ours", Options(**recorder.providers)))

    try:
        await call_once(stack)
    finally:
        put_back()

    assert recorder.is_one_trace()


@pytest.mark.parametrize("stack", STACKS)
async def test_our_server_continues_upstreams_trace(
    recorder: Recorder, use_upstream: Use, stack: str
) -> None:
    use_upstream(stack, 0)
    put_back = STACKS[stack].patch_server(ServerSide("ours", Options(**recorder.providers)))

    try:
        await call_once(stack)
    finally:
        put_back()

    assert recorder.is_one_trace()
