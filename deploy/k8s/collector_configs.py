"""The Collector configurations inside of manifests, as the Collector in the pod would read them.

Taken from the arguments of the container (`--config=FILE`) and the ConfigMaps mounted there, so that what is
checked is what runs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deploy.k8s.manifests import Manifest, Manifests, containers_of, named, pod_of

IMAGE = "opentelemetry-collector"
_FLAG = "--config="


@dataclass(frozen=True)
class CollectorConfig:
    """What one Collector is started with: its files in order, and the variables that they name."""

    workload: str
    files: Mapping[str, str]
    environment: Mapping[str, str]


def collector_configs(manifests: Manifests) -> Iterator[CollectorConfig]:
    """Give the configuration of every Collector. Raises KeyError that names a file that nothing mounts."""
    for workload in manifests.workloads():
        for container in containers_of(workload, init=False):
            if IMAGE in container.get("image", ""):
                mounted = _mounted(workload, container, manifests)
                paths = [
                    one.removeprefix(_FLAG) for one in container.get("args", []) if one.startswith(_FLAG)
                ]
                files = {path: mounted[path] for path in paths}
                yield CollectorConfig(named(workload), files, _environment(container))


def _mounted(workload: Manifest, container: Manifest, manifests: Manifests) -> dict[str, str]:
    volumes = {volume["name"]: volume for volume in pod_of(workload).get("volumes", [])}
    files: dict[str, str] = {}
    for mount in container.get("volumeMounts", []):
        volume = volumes.get(mount["name"], {})
        for source in [volume, *volume.get("projected", {}).get("sources", [])]:
            found = manifests.find("ConfigMap", source.get("configMap", {}).get("name", ""))
            for key, text in (found or {}).get("data", {}).items():
                files[f"{mount['mountPath']}/{key}"] = text
    return files


def _environment(container: Manifest) -> dict[str, str]:
    # What comes from the pod, a Secret or a ConfigMap is not known here; some value has to stand for it.
    return {one["name"]: str(one.get("value", "placeholder")) for one in container.get("env", [])}
