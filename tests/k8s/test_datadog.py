"""The overlay `datadog` adds to collector/to-datadog.yaml what two gateways need, and nothing else."""

import yaml

from collector.merging import BASE, merge
from collector.overlays import find_overlays
from deploy.k8s.collector_configs import collector_configs
from tests.k8s.conftest import Rendered


def test_pipelines_are_those_of_the_overlay_but_for_redaction_and_sampling(rendered: Rendered) -> None:
    (config,) = [one for one in collector_configs(rendered("datadog")) if one.workload.endswith("gateway")]
    ours = merge([yaml.safe_load(text) for text in config.files.values()])["service"]["pipelines"]
    (overlay,) = find_overlays(["datadog"])
    alone = merge([BASE.read(), overlay.read()])["service"]["pipelines"]

    for pipeline in alone.values():
        pipeline["processors"] = [
            one.replace("tail_sampling", "probabilistic_sampler")
            for one in pipeline["processors"]
            if not one.startswith("redaction")
        ]
    assert ours == alone
