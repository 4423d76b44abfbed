"""The sizing follows from what was measured, and moves as it should."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.k8s import sizing
from deploy.k8s.quantities import read_bytes
from deploy.k8s.sizing import Measured, need_of, read_measured
from tests.k8s.conftest import Rendered

ROUND = Measured(
    redacting=10_000,
    forwarding=50_000,
    sampling=10_000,
    wire_bytes=400,
    gzip_bytes=40,
    disk_bytes=400,
    memory_bytes=1000,
    working_mebibytes=50,
)


def test_needs_are_those_of_a_computation_by_hand() -> None:
    need = need_of(120_000, ROUND)

    assert need.agent_cores == pytest.approx(20)
    assert need.gateways == 2
    assert need.outage_minutes == pytest.approx(2 * 2**31 / (120_000 * 400) / 60)
    assert need.samplers == 10
    assert need.sampler_mebibytes == pytest.approx(50 + 120_000_000 / 2**20)
    assert need.gigabytes_a_day == pytest.approx((41.472, 414.72))


def test_memory_decides_on_samplers_when_traces_are_large() -> None:
    assert need_of(120_000, replace(ROUND, memory_bytes=100_000)).samplers == 63


def test_measurement_that_is_missing_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    file.write_text(json.dumps([{"case": "Collector: spans", "value": 1}]), encoding="utf-8")

    with pytest.raises(KeyError, match="without redaction"):
        read_measured(file)


def test_figures_of_the_manifests_are_those_of_the_manifests(rendered: Rendered) -> None:
    gateway = rendered("scale-out").find("StatefulSet", "collector-gateway")
    sampler = rendered("scale-out").find("StatefulSet", "collector-sampler")
    assert gateway is not None
    assert sampler is not None
    (of_gateway,), (of_sampler,) = (
        one["spec"]["template"]["spec"]["containers"] for one in (gateway, sampler)
    )
    environment = {one["name"]: one.get("value") for one in of_gateway["env"]}
    limiter = {one["name"]: one.get("value") for one in of_sampler["env"]}["COLLECTOR_MEMORY_LIMIT_MIB"]

    assert environment["COLLECTOR_QUEUE_BYTES"] == str(sizing.GATEWAY_QUEUE_BYTES)
    assert {of_gateway["resources"]["limits"]["cpu"], of_sampler["resources"]["limits"]["cpu"]} == {
        str(sizing.GATEWAY_CORES)
    }
    assert read_bytes(f"{limiter}Mi") == sizing.SAMPLER_LIMITER_BYTES


def test_sampling_of_the_manifests_is_the_one_that_is_computed(rendered: Rendered) -> None:
    texts = [
        text
        for one in rendered("scale-out").of_kind("ConfigMap")
        if one["metadata"]["name"].startswith("collector-sampler")
        for text in one["data"].values()
        if "tail_sampling:" in text
    ]

    assert len(texts) == 1
    assert re.findall(r"decision_wait: (\d+)s", texts[0]) == [str(sizing.DECISION_SECONDS)]
    assert re.findall(r"sampling_percentage: (\d+)", texts[0]) == [f"{sizing.KEPT * 100:g}"]


def test_amount_that_is_none_is_named() -> None:
    assert read_bytes("1.5Gi") == 3 * 2**29
    with pytest.raises(ValueError, match="'10 apples' is not an amount of bytes"):
        read_bytes("10 apples")
