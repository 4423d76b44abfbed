"""Rendered manifests as the rules read them: by kind and name, with the pods that workloads make."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import yaml

Manifest = dict[str, Any]
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job")


@dataclass(frozen=True)
class Manifests:
    """Everything that one overlay renders to."""

    documents: Sequence[Manifest]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read YAML documents; empty ones are none."""
        return cls([document for document in yaml.load_all(text, yaml.CSafeLoader) if document])

    def of_kind(self, *kinds: str) -> Iterator[Manifest]:
        """Give the manifests of these kinds."""
        return (document for document in self.documents if document.get("kind") in kinds)

    def workloads(self) -> Iterator[Manifest]:
        """Give the manifests that make pods."""
        return self.of_kind(*WORKLOADS)

    def find(self, kind: str, name: str) -> Manifest | None:
        """Give one manifest, or None."""
        return next((one for one in self.of_kind(kind) if one["metadata"]["name"] == name), None)

    def pods_matching(self, selector: Mapping[str, Any] | None) -> list[Manifest]:
        """Give the workloads whose pods a selector matches; an empty one matches all, None none."""
        if selector is None:
            return []
        return [workload for workload in self.workloads() if matches(selector, pod_labels(workload))]


def named(manifest: Manifest) -> str:
    """Name a manifest for people."""
    return f"{manifest.get('kind')}/{manifest.get('metadata', {}).get('name')}"


def pod_of(workload: Manifest) -> Manifest:
    """Give the specification of the pods that a workload makes."""
    spec: Manifest = workload["spec"]["template"]["spec"]
    return spec


def pod_labels(workload: Manifest) -> dict[str, str]:
    """Give the labels of the pods that a workload makes."""
    return dict(workload["spec"]["template"].get("metadata", {}).get("labels") or {})


def containers_of(workload: Manifest, *, init: bool = True) -> list[Manifest]:
    """Give the containers of a workload's pods."""
    pod = pod_of(workload)
    return [*pod["containers"], *(pod.get("initContainers", []) if init else [])]


def matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Tell whether a label selector of the API (matchLabels, matchExpressions) matches."""
    equal = all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())
    return equal and all(_fulfils(one, labels) for one in selector.get("matchExpressions") or [])


def _fulfils(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = expression["key"], expression.get("values") or []
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels
