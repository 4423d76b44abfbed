"""Runtime metrics by their conventional names; counters in the temporality that the environment asks for."""

from typing import Any

import pytest

RUNTIME = {
    "process.cpu.time",
    "process.memory.usage",
    "process.memory.virtual",
    "process.thread.count",
    "process.unix.file_descriptor.count",
    "process.context_switches",
    "cpython.gc.collections",
    "cpython.gc.collected_objects",
    "cpython.gc.uncollectable_objects",
}


def test_runtime_metrics_come_with_the_others(shop: Any) -> None:
    def all_there(points: list[Any]) -> bool:
        return {point.name for point in points} >= RUNTIME

    points = shop.sink.wait_for_metrics(all_there)

    modes = {point.attributes["cpu.mode"] for point in points if point.name == "process.cpu.time"}
    memory = [point.value for point in points if point.name == "process.memory.usage"]
    assert modes == {"user", "system"}
    assert min(memory) > 10_000_000


@pytest.mark.parametrize(("preference", "last"), [("cumulative", 2), ("delta", 1)])
def test_temporality_is_what_the_environment_asks_for(start_shop: Any, preference: str, last: int) -> None:
    shop = start_shop(OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=preference)

    shop.refund(100)
    shop.sink.wait_for_metrics(lambda _: bool(shop.sink.metrics("shop.refunds")))
    shop.refund(100)
    shop.process.end()  # exports the rest

    points = shop.sink.metrics("shop.refunds")
    assert (points[0].value, points[-1].value) == (1, last)
    assert {point.temporality for point in points} == {preference.upper()}
    assert {point.temporality for point in shop.sink.metrics("process.memory.usage")} == {"CUMULATIVE"}
