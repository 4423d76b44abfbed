"""What kinds of objects there are: a few of Kubernetes' own, and what custom resource definitions add."""

from dataclasses import dataclass
from typing import Any

import kmock

from otelkit.testing.kubernetes.schemas import CustomSchema

VERBS = ("create", "delete", "get", "list", "patch", "update", "watch")
CRDS = ("apiextensions.k8s.io", "customresourcedefinitions")
DEPLOYMENTS = ("apps", "deployments")


@dataclass(frozen=True)
class KindInfo:
    """One kind in one version."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    subresources: frozenset[str] = frozenset()
    schema: CustomSchema | None = None

    @property
    def api_version(self) -> str:
        """As objects have it."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def described(self) -> kmock.ResourceInfo:
        """Give what discovery says."""
        return kmock.ResourceInfo(
            kind=self.kind,
            singular=self.kind.lower(),
            verbs=set(VERBS),
            namespaced=self.namespaced,
            subresources=set(self.subresources),
        )


STATUS = frozenset({"status"})
BUILT_IN = (
    KindInfo("", "v1", "namespaces", "Namespace", namespaced=False),  # described; see `Emulator.__call__`
    KindInfo("", "v1", "configmaps", "ConfigMap"),
    KindInfo("", "v1", "events", "Event"),
    KindInfo("", "v1", "pods", "Pod", subresources=STATUS),
    KindInfo("", "v1", "secrets", "Secret"),
    KindInfo("", "v1", "services", "Service", subresources=STATUS),
    KindInfo("apps", "v1", "deployments", "Deployment", subresources=STATUS | {"scale"}),
    KindInfo("coordination.k8s.io", "v1", "leases", "Lease"),
    KindInfo(*CRDS[:1], "v1", CRDS[1], "CustomResourceDefinition", namespaced=False, subresources=STATUS),
)


def kinds_of(definition: dict[str, Any]) -> list[KindInfo]:
    """Give the kinds that a CustomResourceDefinition adds."""
    spec = definition["spec"]
    return [
        KindInfo(
            spec["group"],
            version["name"],
            spec["names"]["plural"],
            spec["names"]["kind"],
            spec["scope"] == "Namespaced",
            frozenset(version.get("subresources", {})),
            CustomSchema(version["schema"]["openAPIV3Schema"]),
        )
        for version in spec["versions"]
        if version["served"]
    ]
