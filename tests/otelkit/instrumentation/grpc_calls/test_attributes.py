"""Names, attributes, metrics and events are what the conventions 1.44 ask for."""

from typing import Any

import grpc
import pytest
from opentelemetry.trace import SpanKind

from .conftest import Instrument
from .recorder import Recorder
from .served import call_once, channel, echo, service, serving, serving_sync, sync_channel


def points(recorder: Recorder, side: str) -> list[dict[str, Any]]:
    return [dict(point.attributes) for point in recorder.points(f"rpc.{side}.call.duration")]


@pytest.mark.parametrize("stack", ["aio", "sync"])
async def test_both_spans_have_the_attributes_of_the_conventions(instrument: Instrument, stack: str) -> None:
    recorder = instrument(stack)

    address = await call_once(stack)

    common = {
        "rpc.system.name": "grpc",
        "rpc.method": "shop.Stock/unary",
        "rpc.response.status_code": "OK",
    }
    target = {"server.address": "127.0.0.1", "server.port": int(address.rpartition(":")[2])}
    assert {recorder.client.name, recorder.server.name} == {"shop.Stock/unary"}
    assert dict(recorder.client.attributes or {}) == {**common, **target}
    assert dict(recorder.server.attributes or {}) == common
    assert recorder.is_one_trace()
    assert points(recorder, "client") == [{**common, **target}]
    assert points(recorder, "server") == [common]


async def test_points_have_exemplars_of_their_spans(instrument: Instrument) -> None:
    recorder = instrument("aio")

    await call_once("aio")

    (point,) = recorder.points("rpc.server.call.duration")
    (exemplar,) = point.exemplars
    assert recorder.server.context is not None
    assert exemplar.span_id == recorder.server.context.span_id
    assert point.sum * 1e9 == pytest.approx(
        (recorder.server.end_time or 0) - (recorder.server.start_time or 0)
    )


@pytest.mark.parametrize("name", ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "shop.Own"])
async def test_excluded_services_get_no_telemetry(
    instrument: Instrument, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name == "shop.Own":
        monkeypatch.setenv("OTELKIT_GRPC_EXCLUDED", "other, /shop.Own/")
    recorder = instrument("aio")

    async with serving(service(name, unary=echo)) as address, channel(address) as open_channel:
        await open_channel.unary_unary(f"/{name}/unary")(b"1")

    assert recorder.started == []
    assert recorder.points("rpc.server.call.duration") == []


@pytest.mark.parametrize("stack", ["aio", "sync"])
async def test_method_that_is_not_there_does_not_name_the_span(instrument: Instrument, stack: str) -> None:
    recorder = instrument(stack)

    if stack == "aio":
        async with serving(service(unary=echo)) as address, channel(address) as open_channel:
            with pytest.raises(grpc.aio.AioRpcError, match="UNIMPLEMENTED"):
                await open_channel.unary_unary("/shop.Stock/4711")(b"1")
    else:
        missing = pytest.raises(grpc.RpcError, match="UNIMPLEMENTED")
        with serving_sync(service()) as address, sync_channel(address) as open_channel, missing:
            open_channel.unary_unary("/shop.Stock/4711")(b"1")

    assert recorder.server.name == "_OTHER"
    assert (recorder.server.attributes or {})["rpc.method_original"] == "shop.Stock/4711"
    assert points(recorder, "server") == [
        {
            "rpc.system.name": "grpc",
            "rpc.method": "_OTHER",
            "rpc.response.status_code": "UNIMPLEMENTED",
            "error.type": "UNIMPLEMENTED",
        }
    ]


async def test_retries_of_the_channel_make_no_spans(instrument: Instrument) -> None:
    recorder = instrument("aio")
    tries = []

    async def fail_twice(request: bytes, context: Any) -> bytes:
        tries.append(request)
        if len(tries) < 3:
            await context.abort(grpc.StatusCode.UNAVAILABLE)
        return request

    policy = (
        '{"methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 4, "initialBackoff": "0.01s",'
        ' "maxBackoff": "0.01s", "backoffMultiplier": 1, "retryableStatusCodes": ["UNAVAILABLE"]}}]}'
    )
    options = [("grpc.service_config", policy)]
    async with serving(service(unary=fail_twice)) as at, channel(at, options=options) as open_channel:
        await open_channel.unary_unary("/shop.Stock/unary")(b"1")

    kinds = [span.kind for span in recorder.ended]
    assert (kinds.count(SpanKind.CLIENT), kinds.count(SpanKind.SERVER)) == (1, 3)
