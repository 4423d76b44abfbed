"""Which addresses inside the cluster each workload is told: in its variables, ConfigMaps and Secrets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.k8s.manifests import Manifest, Manifests, containers_of, pod_of
from deploy.k8s.secret_templates import read_templates

# A host that is a name without dots, or a Service's full one; then a port.
_ADDRESS = re.compile(
    r"(?<![\w.-])([a-z][a-z0-9-]*)(?:\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?)?:(\d{2,5})(?!\d)"
)
# The same in two lines, as the resolver of the load_balancing exporter has it.
_HOST_AND_PORT = re.compile(r"\bhostname: ([a-z][a-z0-9-]*)()\s+port: \"?(\d{2,5})")
_COMMENT = re.compile(r"(?m)(^|\s)#.*$")
_NO_HOST = {"localhost"}


@dataclass(frozen=True, order=True)
class Address:
    """A Service and a port; `namespace` is empty when the address does not say it."""

    service: str
    namespace: str
    port: int

    def __str__(self) -> str:
        return f"{self.service}{f'.{self.namespace}.svc' if self.namespace else ''}:{self.port}"


def addresses_of(workload: Manifest, manifests: Manifests) -> list[Address]:
    """Give every address that the workload is told, sorted, each once."""
    texts = [_COMMENT.sub("", text) for text in _texts(workload, manifests)]
    found = [match for text in texts for form in (_ADDRESS, _HOST_AND_PORT) for match in form.findall(text)]
    return sorted({Address(host, space, int(port)) for host, space, port in found if host not in _NO_HOST})


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
