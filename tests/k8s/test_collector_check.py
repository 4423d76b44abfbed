"""A wrong Collector configuration inside of a manifest is found, whoever has to find it."""

from pathlib import Path

import pytest
import yaml

from collector.components import Config, missing_components
from collector.merging import merge
from collector.overlays import find_overlays, known_names
from deploy.k8s.collector_check import SCHEMAS, collector_findings
from deploy.k8s.collector_configs import CollectorConfig, collector_configs
from tests.k8s.conftest import Rendered

CASES = [
    # What `otelcol validate` sees.
    (
        "local",
        "gateway",
        "exporters: {otlp_grpc/tempo: {endpoint: 'tempo:4317', compresion: none}}",
        "compresion",
    ),
    ("local", "gateway", "service: {extensions: [health_check]}", "storage"),
    ("base", "gateway", "processors: {memory_limiter: {check_interval: 0s}}", "check_interval"),
    ("base", "gateway", "service: {pipelines: {traces: {processors: [absent]}}}", "no processors absent"),
    ("scale-out", "sampler", "processors: {tail_sampling: {decision_waits: 1s}}", "decision_waits"),
    ("scale-out", "sampler", "connectors: {span_metrics: {histogram: {unit: sec}}}", "unit"),
    ("scale-out", "sampler", "connectors: {forward: {x: 1}}", "forward"),
    ("scale-out", "sampler", "processors: {attributes/sampler: {actions: [{key: x}]}}", "action"),
    (
        "datadog",
        "gateway",
        "processors: {probabilistic_sampler/datadog: {sampling_percentage: -1}}",
        "negative",
    ),
    ("base", "agent", "processors: {k8s_attributes: {extract: {metadata: [k8s.pod.nam]}}}", "k8s.pod.nam"),
    ("datadog", "gateway", "exporters: {datadog: {api: {sight: x}}}", "sight"),
    ("datadog", "gateway", "connectors: {datadog/connector: {trace: {}}}", "trace"),
    # What only a schema of ours sees, because the component is not in this Collector.
    ("scale-out", "gateway", "exporters: {load_balancing/samplers: {routing_key: traceid}}", "routing_key"),
    (
        "scale-out",
        "gateway",
        "exporters: {load_balancing/samplers: {resolver: {k8s: {service: x}}}}",
        "resolver",
    ),
    # What nobody knows.
    ("base", "gateway", "processors: {absent: {}}", "no schema processors-absent.yaml"),
]


def config_of(rendered: Rendered, overlay: str, name: str) -> CollectorConfig:
    found = collector_configs(rendered(overlay))
    return next(one for one in found if one.workload.endswith(name))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[-1])
def test_wrong_configuration_is_found(rendered: Rendered, binary: Path, case: tuple[str, ...]) -> None:
    overlay, name, change, words = case
    good = config_of(rendered, overlay, name)
    bad = CollectorConfig(good.workload, {**good.files, "change": change}, good.environment)

    assert list(collector_findings(good, binary)) == []
    assert any(words in line for line in collector_findings(bad, binary))


def test_every_schema_is_needed(rendered: Rendered, binary: Path) -> None:
    configs: list[Config] = [
        merge([yaml.safe_load(text) for text in config.files.values()])
        for overlay in ("base", "datadog", "scale-out")
        for config in collector_configs(rendered(overlay))
    ]
    configs += [overlay.read() for overlay in find_overlays(known_names())]
    used = {
        f"{part}-{name.partition('/')[0]}.yaml"
        for config in configs
        for part, name in missing_components(config, binary)
    }

    assert {file.name for file in SCHEMAS.iterdir()} == used


def test_file_that_nothing_mounts_is_an_error(rendered: Rendered) -> None:
    manifests = rendered("base")
    gateway = manifests.find("StatefulSet", "collector-gateway")
    assert gateway is not None
    gateway["spec"]["template"]["spec"]["containers"][0]["args"].append("--config=/etc/otelcol/absent.yaml")

    with pytest.raises(KeyError, match=r"absent\.yaml"):
        list(collector_configs(manifests))
