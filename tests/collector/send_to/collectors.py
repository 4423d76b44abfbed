"""The Collector with overlays of our choice, in front of a recorder."""

import re
from collections.abc import Sequence
from pathlib import Path

from collector.toolchain import FOLDER
from tests.collector.process import RunningCollector


class OverlayCollector(RunningCollector):
    """base.yaml and `overlays`: names of files beside it, or paths."""

    def __init__(self, binary: Path, folder: Path, overlays: Sequence[str | Path], **settings: str) -> None:
        super().__init__(binary, folder, "", **settings)
        self.overlays = overlays

    def configs(self) -> list[Path]:
        """Give the files that it is started with; a path stays as it is."""
        return [FOLDER / name for name in ("base.yaml", *self.overlays)]

    def counted(self, metric: str, **labels: str) -> float:
        """Sum one of its own metrics over the series that have these labels."""
        _, body = self.get("METRICS_PORT", "/metrics")
        wanted = [f'{name}="{value}"' for name, value in labels.items()]
        return sum(
            float(line.rpartition(" ")[2])
            for line in body.splitlines()
            if line.startswith((f"{metric}{{", f"{metric}_total{{")) and all(one in line for one in wanted)
        )


def yaml_of(page: str) -> str:
    """Give the one YAML block that a page of docs/send-to shows, so that what is copied is what is tested."""
    text = (FOLDER.parent / "docs" / "send-to" / page).read_text()
    (block,) = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(block)
