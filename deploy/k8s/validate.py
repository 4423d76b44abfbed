"""Validates every overlay: rendered, schemas, rules of ours, the Collector configurations inside."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from collector.components import missing_components
from collector.merging import merge
from deploy.k8s.collector_check import collector_findings, find_collector
from deploy.k8s.collector_configs import collector_configs
from deploy.k8s.kustomize import find_kustomize, render
from deploy.k8s.manifests import Manifests
from deploy.k8s.rules import RULES
from deploy.k8s.schemas import schema_findings

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Report:
    """What one overlay renders to, what is wrong with it, and which components only a schema has seen."""

    name: str
    manifests: Manifests
    findings: list[str]
    collectors: int
    by_schema_only: list[str]


def overlays() -> list[Path]:
    """Give the folders that are validated: the base and each overlay."""
    return [FOLDER / "base", *sorted(path.parent for path in FOLDER.glob("overlays/*/kustomization.yaml"))]


def check(folder: Path) -> Report:
    """Validate one overlay. Raises ClusterError when a tool is missing or kustomize refuses it."""
    manifests = Manifests.parse(render(find_kustomize(), folder))
    binary = find_collector()
    configs = list(collector_configs(manifests))
    findings = [*schema_findings(manifests), *rule_findings(manifests)]
    seen = set()
    for config in configs:
        findings += collector_findings(config, binary)
        merged = merge([yaml.safe_load(text) for text in config.files.values()])
        seen |= {name.partition("/")[0] for _, name in missing_components(merged, binary)}
    return Report(folder.name, manifests, findings, len(configs), sorted(seen))


def rule_findings(manifests: Manifests) -> Iterator[str]:
    """Give what breaks our rules, the rule's name before it."""
    for rule in RULES:
        yield from (f"[{rule.__name__}] {line}" for line in rule(manifests))
