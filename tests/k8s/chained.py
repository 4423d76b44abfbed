"""A Collector that runs as one in the cluster would: the files of its pod, other addresses."""

from pathlib import Path

import yaml

from collector.components import Config, missing_components
from collector.merging import merge
from deploy.k8s.collector_configs import CollectorConfig
from deploy.k8s.collector_pipelines import without
from tests.collector.process import RunningCollector

NEEDS_A_CLUSTER = ("processors", "k8s_attributes")


class ChainedCollector(RunningCollector):
    """`sends` says where exporters send instead. What this Collector was built without is left out."""

    def __init__(self, binary: Path, folder: Path, config: CollectorConfig, sends: dict[str, str]) -> None:
        super().__init__(binary, folder, "", **_variables(config))
        merged: Config = merge([yaml.safe_load(text) for text in config.files.values()])
        for exporter, endpoint in sends.items():
            merged["exporters"][exporter]["endpoint"] = endpoint
        missing = [*missing_components(merged, binary), NEEDS_A_CLUSTER]
        reduced = without(merged, set(missing))
        self._file = folder / "config.yaml"
        self._file.write_text(yaml.safe_dump(reduced), encoding="utf-8")

    def configs(self) -> list[Path]:
        """Give the one file that holds all."""
        return [self._file]


def _variables(config: CollectorConfig) -> dict[str, str]:
    own = ("COLLECTOR_HOST", "COLLECTOR_STORAGE_DIR")  # this machine's instead of the pod's
    return {name: value for name, value in config.environment.items() if name not in own}
