"""Nothing is forgotten: each workload has what protects it, and nothing has two that fight."""

import re
from collections.abc import Iterator

from deploy.k8s.manifests import Manifests, containers_of, named, pod_of

_SECRET_NAME = re.compile(r"(?i)(password|passwd|secret|token|api_?key|credential|cookie)")
_USER_AND_PASSWORD = re.compile(r"://[^\s/:@${}]*:[^\s/@${}]+@")


def disruption(manifests: Manifests) -> Iterator[str]:
    """Every workload that runs more than once, or may, has a PodDisruptionBudget."""
    budgets = [one["spec"].get("selector") for one in manifests.of_kind("PodDisruptionBudget")]
    for workload in manifests.of_kind("Deployment", "StatefulSet"):
        found = [one for selector in budgets for one in manifests.pods_matching(selector) if one == workload]
        if workload["spec"].get("replicas") != 1 and len(found) != 1:
            yield f"{named(workload)} has {len(found)} PodDisruptionBudgets, not one"


def spread(manifests: Manifests) -> Iterator[str]:
    """Replicas are spread over nodes."""
    for workload in manifests.of_kind("Deployment", "StatefulSet"):
        keys = {one["topologyKey"] for one in pod_of(workload).get("topologySpreadConstraints", [])}
        if workload["spec"].get("replicas") != 1 and "kubernetes.io/hostname" not in keys:
            yield f"{named(workload)}: no topology spread over nodes"


def scaling(manifests: Manifests) -> Iterator[str]:
    """Who says how many replicas there are is one: the manifest, a HorizontalPodAutoscaler or KEDA."""
    for workload in manifests.of_kind("Deployment", "StatefulSet"):
        scalers = [
            named(one)
            for one in manifests.of_kind("HorizontalPodAutoscaler", "ScaledObject")
            if one["spec"]["scaleTargetRef"].get("kind", "Deployment") == workload["kind"]
            and one["spec"]["scaleTargetRef"]["name"] == workload["metadata"]["name"]
        ]
        said = [*scalers, *(["its replicas"] if "replicas" in workload["spec"] else [])]
        if len(said) != 1:
            yield f"{named(workload)} is scaled by {', '.join(said) or 'nobody'}"


def network(manifests: Manifests) -> Iterator[str]:
    """Whatever no policy allows is denied."""
    denied = [
        one
        for one in manifests.of_kind("NetworkPolicy")
        if one["spec"]["podSelector"] == {}
        and set(one["spec"].get("policyTypes", [])) == {"Ingress", "Egress"}
        and not one["spec"].get("ingress")
        and not one["spec"].get("egress")
    ]
    if len(denied) != 1:
        yield f"{len(denied)} NetworkPolicies deny everything by default, not one"


def one_namespace(manifests: Manifests) -> Iterator[str]:
    """Nothing lands in the namespace that kubectl happens to be in; that of the pods is `restricted`."""
    for namespace in {one["metadata"].get("namespace") for one in manifests.workloads()}:
        found = manifests.find("Namespace", str(namespace))
        labels = found["metadata"].get("labels", {}) if found else {}
        if labels.get("pod-security.kubernetes.io/enforce") != "restricted":
            yield f"namespace {namespace} is not rendered with pod-security.kubernetes.io/enforce: restricted"


def no_plain_secret(manifests: Manifests) -> Iterator[str]:
    """No manifest holds a secret, neither as such nor in a variable, an argument or a ConfigMap."""
    yield from (f"{named(one)} is a secret in plain text" for one in manifests.of_kind("Secret"))
    for workload in manifests.workloads():
        for container in containers_of(workload):
            for variable in container.get("env", []):
                value = str(variable.get("value", ""))
                plain = value and not value.startswith("$(") and _SECRET_NAME.search(variable["name"])
                if plain or _USER_AND_PASSWORD.search(value):
                    yield f"{named(workload)}: {variable['name']} is a secret in plain text"
            if any(_USER_AND_PASSWORD.search(text) for text in container.get("args", [])):
                yield f"{named(workload)}: an argument of {container['name']} holds a password"
    for config in manifests.of_kind("ConfigMap"):
        for key, text in config.get("data", {}).items():
            if _USER_AND_PASSWORD.search(text) or (_SECRET_NAME.search(key) and "." not in key):
                yield f"{named(config)}: {key} holds a password"
