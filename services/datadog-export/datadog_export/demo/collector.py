"""The Collector of the demo: the repository's own, with collector/base.yaml and collector/to-datadog.yaml."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from otelkit import ConfigurationError
from otelkit.testing.endpoint import environment_for
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

_FOLDER = Path(__file__).parents[4] / "collector"
_CONFIGURATIONS = ("base.yaml", "to-datadog.yaml")
_SOON = "yaml:connectors::datadog/connector::traces::bucket_interval: 1s"  # in place of 10 s
_BAD = re.compile(r"\t(warn|error|fatal)\t|^Error")
_MOST_LINES = 5
END_SECONDS = 15.0


@dataclass(frozen=True)
class Collector:
    """A Collector that runs; its ports are by the names of their settings."""

    process: ServiceProcess
    ports: Mapping[str, int]

    @property
    def sending(self) -> dict[str, str]:
        """Variables that make a process send to it."""
        return environment_for(self.ports["GRPC_PORT"], self.ports["HTTP_PORT"], "grpc")

    def end(self) -> None:
        """End it in order, which sends what it has. Raises ConfigurationError when that is not taken."""
        try:
            self.process.end(timeout_seconds=END_SECONDS)
        except subprocess.TimeoutExpired:
            raise ConfigurationError(f"Datadog does not take everything:\n{self.trouble()}") from None

    def trouble(self) -> str:
        """What its log says about trouble, or its last lines."""
        lines = self.process.output().splitlines()
        bad = [line for line in lines if _BAD.search(line)]
        return "\n".join((bad or lines)[-_MOST_LINES:])


def find_collector() -> Path:
    """Build the Collector, unless it is there already. Raises ConfigurationError."""
    if not all((_FOLDER / name).is_file() for name in _CONFIGURATIONS):
        raise ConfigurationError(f"there is no {_FOLDER}: the demo runs in a checkout of the repository")
    command = [sys.executable, "-m", "collector.build", "vendors"]
    built = subprocess.run(command, cwd=_FOLDER.parent, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - ours
    if built.returncode:
        raise ConfigurationError("the Collector could not be built; what it takes is said above")
    return Path(built.stdout.strip())


@contextmanager
def running_collector(program: Path, intake: str = "") -> Iterator[Collector]:
    """Run it until the end, sending to the intake, or to Datadog when none is given.

    Raises ConfigurationError when it does not start, as with a key that Datadog refuses.
    """
    ports = {name: free_port() for name in ("GRPC_PORT", "HTTP_PORT", "HEALTH_PORT", "METRICS_PORT")}
    with TemporaryDirectory(prefix="datadog-export-") as storage:
        settings = {f"COLLECTOR_{name}": str(port) for name, port in ports.items()}
        settings |= {"COLLECTOR_STORAGE_DIR": storage, "COLLECTOR_SAMPLING_SLOW_MS": "300"}
        if intake:
            settings |= {f"DD_{signal}_ENDPOINT": intake for signal in ("METRICS", "TRACES", "LOGS")}
            settings |= {"DD_API_KEY": "0" * 32, "DD_API_KEY_FILE": os.devnull}
        command = [str(program), *(f"--config={_FOLDER / name}" for name in _CONFIGURATIONS), *_arguments()]
        command += [f"--config={_SOON}"] if intake else []
        with ServiceProcess(command, settings, ports["GRPC_PORT"]) as process:
            collector = Collector(process, ports)
            try:
                process.wait_until_listening()
            except AssertionError:
                raise ConfigurationError(f"the Collector did not start:\n{collector.trouble()}") from None
            yield collector


def _arguments() -> list[str]:
    """Those that the overlay's head asks for."""
    overlay = (_FOLDER / _CONFIGURATIONS[-1]).read_text(encoding="utf-8")
    return " ".join(re.findall(r"^# Arguments: (.+)$", overlay, re.MULTILINE)).split()
