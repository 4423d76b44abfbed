"""The real Collector with the real exporter, in front of an intake that stands for Datadog."""

import re
from pathlib import Path

from collector.toolchain import FOLDER
from otelkit.testing.datadog import DatadogIntake
from tests.collector.process import RunningCollector

KEY = "0123456789abcdef0123456789abcdef"
TRACES, STATS, LOGS = "/api/v0.2/traces", "/api/v0.2/stats", "/api/v2/logs"
SERIES, SKETCHES, VALIDATE = "/api/v2/series", "/api/beta/sketches", "/api/v1/validate"


class ToDatadog(RunningCollector):
    """Sends to an intake; `settings` are environment variables, as for any Collector here."""

    overlay = "to-datadog.yaml"
    flags = re.findall(r"^# Arguments: (.+)$", (FOLDER / overlay).read_text(), re.MULTILINE)

    def __init__(self, binary: Path, folder: Path, intake: DatadogIntake, **settings: str) -> None:
        endpoints = {f"DD_{signal}_ENDPOINT": intake.url for signal in ("METRICS", "TRACES", "LOGS")}
        wanted = {"DD_API_KEY": KEY, "COLLECTOR_SAMPLING_WAIT": "500ms", **endpoints, **settings}
        super().__init__(binary, folder, "", **wanted)

    def counter(self, name: str) -> float:
        """Sum up one of its own counters, over all attributes; 0 when it has none."""
        lines = self.get("METRICS_PORT", "/metrics")[1].splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name}{{"))
