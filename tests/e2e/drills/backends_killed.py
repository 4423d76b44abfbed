"""Each backend is killed with -9 and stays away while a service goes on; nothing is lost once it is back.

With TEMPO_BIN, LOKI_BIN and MIMIR_BIN each of these in turn, else the viewer. What was sent is counted by id
with the backend's own query API: spans and log records by the span's id, points of a metric by their value.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.report import Row
from collector.build import build
from deploy.local.backend_programs import find_programs, ports_of
from deploy.local.backends import backends_of
from deploy.local.part import Part
from deploy.local.parts import plan_parts
from deploy.local.settings import PORTS, read_settings
from otelkit.testing.endpoint import environment_for
from otelkit.testing.ports import free_port
from tests.e2e.drills.signals_counted import Missing, Sent
from tests.e2e.running_part import RunningPart

LEAD_SECONDS = 3.0
END_SECONDS = 30.0
SIGNALS = {
    "viewer": ("spans", "log records", "points"),
    "tempo": ("spans",),
    "loki": ("log records",),
    "mimir": ("points",),
}


def measure(arguments: Sequence[str]) -> list[Row]:
    """Kill one backend after the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args(arguments)
    victims = [name for name in find_programs() if name in SIGNALS] or ["viewer"]
    return [row for victim in victims for row in _run(victim, options.rate, options.seconds)]


def _run(victim: str, rate: int, outage_seconds: float) -> list[Row]:
    with tempfile.TemporaryDirectory() as name, ExitStack() as until_the_end:
        folder = Path(name)
        parts = _parts(folder)
        running = {part: until_the_end.enter_context(RunningPart(parts[part], folder)) for part in parts}
        begun = time.time()
        with _source(parts["collector"], rate, 2 * LEAD_SECONDS + outage_seconds, folder / "sent") as source:
            time.sleep(LEAD_SECONDS)
            running[victim].kill()
            time.sleep(outage_seconds)
            running[victim].start()
            source.wait(LEAD_SECONDS + END_SECONDS)
        sent = Sent.read(folder / "sent", begun)
        return _count(victim, sent, Missing(backends_of(parts), sent))


def _count(victim: str, sent: Sent, missing: Missing) -> list[Row]:
    many = {"spans": len(sent.spans), "log records": len(sent.spans), "points": len(sent.points)}
    lost: dict[str, Callable[[], int]] = {
        "spans": lambda: len(missing.spans()),
        "log records": lambda: len(missing.log_records()),
        "points": lambda: len(missing.points()),
    }
    rows = []
    for signal in SIGNALS[victim]:
        rows.append(Row(f"{victim}: {signal} sent", many[signal], None, signal, "higher"))
        rows.append(Row(f"{victim}: {signal} lost", lost[signal](), 0, signal, "lower"))
    return rows


def _parts(folder: Path) -> dict[str, Part]:
    """Plan the backends and the Collector as `make up` does, on free ports."""
    ports = {name: str(free_port()) for name in PORTS | ports_of(find_programs())}
    settings = read_settings({**os.environ, **ports, "STATE_DIR": str(folder)})
    parts = plan_parts(settings, build(), {})
    return {part.name: part for part in parts if part.name in {*SIGNALS, "collector"}}


@contextmanager
def _source(collector: Part, rate: int, seconds: float, file: Path) -> "Iterator[subprocess.Popen[bytes]]":
    command = [sys.executable, "-m", "tests.e2e.drills.steady_signals", str(rate), str(seconds), str(file)]
    ports = collector.ports["COLLECTOR_GRPC_PORT"], collector.ports["COLLECTOR_HTTP_PORT"]
    environ = os.environ | environment_for(*ports, "grpc")
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()
