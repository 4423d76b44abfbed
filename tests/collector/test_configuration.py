"""The base, alone and with each overlay, is accepted by the Collector that we build."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from collector.components import missing_components
from collector.merging import merge
from collector.toolchain import FOLDER

OVERLAYS = sorted(path.name for path in FOLDER.glob("to-*.yaml"))
# What no Collector of ours has is checked by schema (send_to/test_overlays.py).
BUILDABLE = [name for name in OVERLAYS if name != "to-azure-monitor.yaml"]
# One overlay at a time: of two, the lists of the second would take the place of the first one's.
COMBINATIONS: list[tuple[str, ...]] = [(), *((name,) for name in BUILDABLE)]
COMBINATIONS.append(("to-viewer.yaml", "from-kafka.yaml"))  # what it replaces is where all comes from

# A disk needs no queue before it; that of remote write is memory, and off: another exporter's is before it.
WITHOUT_QUEUE = {"file", "prometheus_remote_write"}

# What to-aws-xray.yaml finds in the environment without naming it.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "placeholder"}


def _load(name: str) -> dict[str, Any]:
    content = yaml.safe_load((FOLDER / name).read_text())
    assert isinstance(content, dict)
    return content


def test_there_are_overlays_to_combine() -> None:
    assert {"to-viewer.yaml", "to-grafana.yaml"} <= set(OVERLAYS)


@pytest.mark.parametrize("overlays", COMBINATIONS, ids=lambda names: "+".join(["base", *names]))
def test_combination_is_valid(
    collector_binary: Path, vendors_binary: Path, tmp_path: Path, overlays: tuple[str, ...]
) -> None:
    merged = merge([_load(name) for name in ("base.yaml", *overlays)])
    binary = vendors_binary if missing_components(merged, collector_binary) else collector_binary
    configs = [f"--config={FOLDER / name}" for name in ("base.yaml", *overlays)]
    needed = re.findall(r"\$\{env:(\w+)\}", "".join((FOLDER / name).read_text() for name in overlays))
    settings = {**dict.fromkeys(needed, "https://placeholder.test:443"), **CREDENTIALS}

    done = subprocess.run(
        [binary, "validate", *configs],
        env={**os.environ, **settings, "COLLECTOR_STORAGE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_wrong_key_would_be_found(collector_binary: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("exporters: {debug: {verbosity_of: basic}}\n")

    done = subprocess.run(
        [collector_binary, "validate", f"--config={FOLDER / 'base.yaml'}", f"--config={wrong}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert done.returncode != 0
    assert "verbosity_of" in done.stderr


def test_memory_limiter_is_first_and_redaction_second_in_every_pipeline() -> None:
    pipelines = _load("base.yaml")["service"]["pipelines"]

    firsts = {name: pipeline["processors"][:2] for name, pipeline in pipelines.items()}

    assert firsts == {
        "traces": ["memory_limiter", "redaction"],
        "metrics": ["memory_limiter", "redaction"],
        "logs": ["memory_limiter", "redaction/logs"],
    }


@pytest.mark.parametrize("name", ["base.yaml", *OVERLAYS])
def test_no_configuration_uses_the_batch_processor(name: str) -> None:
    assert "batch" not in _load(name).get("processors", {})


@pytest.mark.parametrize("name", OVERLAYS)
def test_overlay_queues_on_disk_and_never_gives_up(name: str) -> None:
    exporters = _load(name)["exporters"]
    for exporter in (one for key, one in exporters.items() if key.partition("/")[0] not in WITHOUT_QUEUE):
        assert exporter["sending_queue"]["storage"] == "file_storage"
        assert "batch" in exporter["sending_queue"]
        assert exporter["retry_on_failure"]["max_elapsed_time"] == "0s"


def test_every_module_of_the_builder_is_locked_at_its_version() -> None:
    wanted = re.findall(r"gomod: (\S+ v\S+)", (FOLDER / "builder-config.yaml").read_text())
    locked = re.findall(r"^\t(\S+ v\S+)", (FOLDER / "go.mod").read_text(), re.MULTILINE)

    assert wanted
    assert sorted(set(wanted) - set(locked)) == []


def test_the_builder_has_the_version_of_the_collector() -> None:
    version = _load("builder-config.yaml")["dist"]["version"]

    assert f"cmd/builder@v{version}" in (FOLDER / "build.py").read_text()
