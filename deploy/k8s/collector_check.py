"""Asks the Collector itself whether a configuration is good (`otelcol validate`).

Components that no Collector built here has are taken out before, checked against the schema of their
documented fields (collector_schemas/) and named in the result: nothing passes unseen.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from collector.build import build
from collector.components import Config, missing_components
from collector.distributions import VENDORS
from collector.merging import merge
from collector.steps import BuildFailed
from collector.toolchain import NoGo
from deploy.k8s.collector_configs import CollectorConfig
from deploy.k8s.collector_pipelines import storage_not_started, undefined, without
from deploy.k8s.errors import ClusterError
from deploy.k8s.json_schema import violations

SCHEMAS = Path(__file__).with_name("collector_schemas")
VALIDATE_SECONDS = 60


def find_collector() -> Path:
    """Give the Collector that has most components, also those of single backends. Raises ClusterError."""
    try:
        return build(distribution=VENDORS)
    except (NoGo, BuildFailed) as error:
        raise ClusterError(
            f"the Collector, which checks its configurations, is built by Go: {error}"
        ) from None


def collector_findings(config: CollectorConfig, binary: Path) -> Iterator[str]:
    """Give what is wrong with one Collector's configuration."""
    merged = merge([yaml.safe_load(text) or {} for text in config.files.values()])
    for line in (*undefined(merged), *storage_not_started(merged)):
        yield f"{config.workload}: {line}"
    missing = missing_components(merged, binary)
    for section, name in missing:
        yield from (
            f"{config.workload}: {section}: {name}: {line}" for line in by_schema(merged, section, name)
        )
    reduced = [yaml.safe_dump(without(merged, set(missing)))]
    complaint = _validate(reduced if missing else config.files.values(), config.environment, binary)
    if complaint:
        yield f"{config.workload}: {complaint}"


def by_schema(config: Config, section: str, name: str) -> Iterator[str]:
    """Check one component against the schema of its documented fields."""
    file = SCHEMAS / f"{section}-{name.partition('/')[0]}.yaml"
    if not file.is_file():
        yield f"it is in no Collector built here, and there is no schema {file.name}"
        return
    schema = yaml.safe_load(file.read_text(encoding="utf-8"))
    yield from violations(schema, config[section][name] or {})


def _validate(texts: Iterable[str], environment: Mapping[str, str], binary: Path) -> str:
    with tempfile.TemporaryDirectory() as folder:
        flags = []
        for number, text in enumerate(texts):
            file = Path(folder) / f"{number}.yaml"
            file.write_text(text, encoding="utf-8")
            flags.append(f"--config={file}")
        done = subprocess.run(
            [str(binary), "validate", *flags],
            env={**os.environ, **environment, "COLLECTOR_STORAGE_DIR": folder},
            capture_output=True,
            text=True,
            check=False,
            timeout=VALIDATE_SECONDS,
        )
    return (done.stderr or done.stdout).strip()[-1000:] if done.returncode else ""
