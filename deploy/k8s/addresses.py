"""Which addresses inside the cluster each workload is told: in its variables, ConfigMaps and Secrets."""

import re
from collections.abc import Iterator
from typing import Any

from deploy.k8s.manifests import Manifest, Manifests, containers_of, pod_of
from deploy.k8s.secret_templates import read_templates

# A host that is a name without dots, or a Service's full one; then a port.
_ADDRESS = re.compile(
    r"(?<![\w.-])([a-z][a-z0-9-]*)((?:\.[a-z0-9-]+)?\.svc(?:\.cluster\.local)?)?:(\d{2,5})(?!\d)"
)
_NO_HOST = {"localhost"}


def addresses_of(workload: Manifest, manifests: Manifests) -> Iterator[tuple[str, int]]:
    """Give (name of a Service, port) of every address that the workload is told; sorted, each once."""
    found = set()
    for text in _texts(workload, manifests):
        for host, _, port in _ADDRESS.findall(re.sub(r"(?m)(^|\s)#.*$", "", text)):
            if host not in _NO_HOST:
                found.add((host, int(port)))
    yield from sorted(found)


def _texts(workload: Manifest, manifests: Manifests) -> Iterator[str]:
    for container in containers_of(workload):
        yield from container.get("args", [])
        for source in container.get("envFrom", []):
            yield from _config_map(manifests, source.get("configMapRef", {}))
        for variable in container.get("env", []):
            yield str(variable.get("value", ""))
            secret = variable.get("valueFrom", {}).get("secretKeyRef")
            if secret:
                yield read_templates().get(secret["name"], {}).get(secret["key"], "")
    for volume in pod_of(workload).get("volumes", []):
        for source in [volume, *volume.get("projected", {}).get("sources", [])]:
            yield from _config_map(manifests, source.get("configMap", {}))


def _config_map(manifests: Manifests, reference: dict[str, Any]) -> Iterator[str]:
    found = manifests.find("ConfigMap", reference.get("name", ""))
    yield from (found or {}).get("data", {}).values()
