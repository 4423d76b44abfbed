"""Containers: how much they may take, how it is seen that they work, which image exactly."""

import re
from collections.abc import Iterator

from deploy.k8s.manifests import Manifests, containers_of, named

BOUNDS = (("requests", "cpu"), ("requests", "memory"), ("limits", "cpu"), ("limits", "memory"))
PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
_PINNED = re.compile(r".+(:(?!latest$|stable$|main$)[\w][\w.-]*|@sha256:[0-9a-f]{64})$")


def limits(manifests: Manifests) -> Iterator[str]:
    """Every container asks for processor and memory and has a limit of both."""
    for workload in manifests.workloads():
        for container in containers_of(workload):
            resources = container.get("resources", {})
            missing = [f"{part}.{what}" for part, what in BOUNDS if not resources.get(part, {}).get(what)]
            if missing:
                yield f"{named(workload)}: container {container['name']} lacks resources {', '.join(missing)}"


def probes(manifests: Manifests) -> Iterator[str]:
    """Every container that stays has the three probes."""
    for workload in manifests.workloads():
        stays = [] if workload["kind"] == "Job" else containers_of(workload, init=False)
        for container in stays:
            missing = [probe for probe in PROBES if probe not in container]
            if missing:
                yield f"{named(workload)}: container {container['name']} lacks {', '.join(missing)}"


def pinned_images(manifests: Manifests) -> Iterator[str]:
    """Every image has a tag that stays, or a digest."""
    for workload in manifests.workloads():
        for container in containers_of(workload):
            image = container.get("image", "")
            if not _PINNED.match(image.rpartition("/")[2]):
                yield f"{named(workload)}: image {image!r} of {container['name']} may be another one tomorrow"
