"""The real Collector with the real exporter, in front of an intake that stands for Datadog."""

import re
from collections.abc import Sequence
from pathlib import Path

from collector.toolchain import FOLDER
from otelkit.testing.datadog import DatadogIntake
from tests.collector.process import RunningCollector

KEY = "00000000000000000000000000001e10"  # as text: YAML would make a number of it
TRACES, STATS, LOGS = "/api/v0.2/traces", "/api/v0.2/stats", "/api/v2/logs"
SERIES, SKETCHES, VALIDATE = "/api/v2/series", "/api/beta/sketches", "/api/v1/validate"


class ToDatadog(RunningCollector):
    """Sends to an intake; `settings` are environment variables, as for any Collector here."""

    overlay = "to-datadog.yaml"
    shipped = re.findall(r"^# Arguments: (.+)$", (FOLDER / overlay).read_text(), re.MULTILINE)
    # Statistics of a second each, instead of ten, so that tests need not wait for them.
    flags: Sequence[str] = (
        *shipped,
        "--config=yaml:connectors::datadog/connector::traces::bucket_interval: 1s",
    )

    def __init__(self, binary: Path, folder: Path, intake: DatadogIntake, **settings: str) -> None:
        endpoints = {f"DD_{signal}_ENDPOINT": intake.url for signal in ("METRICS", "TRACES", "LOGS")}
        sampling = {"COLLECTOR_SAMPLING_WAIT": "500ms", "COLLECTOR_TO_DATADOG_SAMPLING_PERCENT": "100"}
        super().__init__(binary, folder, "", **{"DD_API_KEY": KEY, **sampling, **endpoints, **settings})

    def counter(self, name: str) -> float:
        """Sum up one of its own counters, over all attributes; 0 when it has none."""
        lines = self.get("METRICS_PORT", "/metrics")[1].splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name}{{"))
