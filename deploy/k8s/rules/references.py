"""What a manifest refers to is there: ConfigMaps, Secrets and their keys, ServiceAccounts, volumes."""

from collections.abc import Iterator
from typing import Any

from deploy.k8s.manifests import Manifest, Manifests, containers_of, named, pod_of
from deploy.k8s.secret_templates import read_templates

INJECTED = "cert-manager.io/inject-ca-from"  # whom the API server trusts when it asks a webhook
# In a volume of its own a Secret is named otherwise than in a projected one.
_VOLUME_SOURCES = (
    ("configMap", "ConfigMap", "name"),
    ("secret", "Secret", "name"),
    ("secret", "Secret", "secretName"),
)


def config_maps_and_secrets(manifests: Manifests) -> Iterator[str]:
    """What a pod uses is rendered, made by cert-manager, or there before as secrets.yaml says."""
    configs = manifests.of_kind("ConfigMap")
    known = {("ConfigMap", one["metadata"]["name"]): {*one.get("data", {})} for one in configs}
    known |= {("Secret", name): set(keys) for name, keys in read_templates().items()}
    certificates = [one["spec"]["secretName"] for one in manifests.of_kind("Certificate")]
    known |= {("Secret", name): {"ca.crt", "tls.crt", "tls.key"} for name in certificates}
    for workload in manifests.workloads():
        for kind, name, key in _uses(workload):
            if (kind, name) not in known:
                yield f"{named(workload)}: there is no {kind} {name}"
            elif key and key not in known[kind, name]:
                yield f"{named(workload)}: {kind} {name} has no key {key}"


def service_accounts(manifests: Manifests) -> Iterator[str]:
    """Every workload has a ServiceAccount of its own; a token only where a role is bound to it."""
    owners: dict[str, str] = {}
    for workload in manifests.workloads():
        name = pod_of(workload).get("serviceAccountName", "default")
        if manifests.find("ServiceAccount", name) is None:
            yield f"{named(workload)}: there is no ServiceAccount {name}"
        if name in owners:
            yield f"{named(workload)} shares the ServiceAccount {name} with {owners[name]}"
        owners[name] = named(workload)
        if pod_of(workload).get("automountServiceAccountToken", True) != (name in _bound(manifests)):
            yield f"{named(workload)}: mount the account's token if, and only if, a role is bound to it"


def volumes(manifests: Manifests) -> Iterator[str]:
    """What is mounted is a volume, and each volume is mounted."""
    for workload in manifests.workloads():
        claims = [one["metadata"]["name"] for one in workload["spec"].get("volumeClaimTemplates", [])]
        there = {*claims, *(one["name"] for one in pod_of(workload).get("volumes", []))}
        mounted = {one["name"] for each in containers_of(workload) for one in each.get("volumeMounts", [])}
        yield from (f"{named(workload)}: there is no volume {name}" for name in sorted(mounted - there))
        yield from (f"{named(workload)}: volume {name} is not mounted" for name in sorted(there - mounted))


def targets(manifests: Manifests) -> Iterator[str]:
    """What scales, names or binds something else finds it."""
    for manifest in manifests.documents:
        for kind, name in _named_in(manifest):
            if manifests.find(kind, name) is None:
                yield f"{named(manifest)}: there is no {kind} {name}"


def secrets_are_used(manifests: Manifests) -> Iterator[str]:
    """secrets.yaml lists no key that nothing uses; asked of all overlays together."""
    used = _secret_keys(manifests)
    for name, keys in read_templates().items():
        parts = " ".join(keys.values())
        unused = [key for key in keys if not {(name, key), (name, "")} & used and f"{{{key}}}" not in parts]
        yield from (f"secrets.yaml: nothing uses the key {key} of {name}" for key in unused)


def secrets_used(manifests: Manifests) -> set[str]:
    """Give the names of all Secrets that something refers to."""
    return {name for name, _ in _secret_keys(manifests)}


def _secret_keys(manifests: Manifests) -> set[tuple[str, str]]:
    used = {
        (name, key)
        for workload in manifests.workloads()
        for kind, name, key in _uses(workload)
        if kind == "Secret"
    }
    triggers = [one["spec"] for one in manifests.of_kind("TriggerAuthentication")]
    return used | {(one["name"], one["key"]) for spec in triggers for one in spec.get("secretTargetRef", [])}


def _uses(workload: Manifest) -> Iterator[tuple[str, str, str]]:
    for container in containers_of(workload):
        for source in container.get("envFrom", []):
            yield from _reference(source, "configMapRef", "secretRef", "")
        for variable in container.get("env", []):
            source = variable.get("valueFrom", {})
            key = next((one["key"] for name, one in source.items() if name.endswith("KeyRef")), "")
            yield from _reference(source, "configMapKeyRef", "secretKeyRef", key)
    for volume in pod_of(workload).get("volumes", []):
        for source in [volume, *volume.get("projected", {}).get("sources", [])]:
            for part, kind, field in _VOLUME_SOURCES:
                if field in source.get(part, {}):
                    for item in source[part].get("items", [{"key": ""}]):
                        yield kind, source[part][field], item["key"]


def _reference(source: dict[str, Any], config: str, secret: str, key: str) -> Iterator[tuple[str, str, str]]:
    for part, kind in ((config, "ConfigMap"), (secret, "Secret")):
        if part in source and not source[part].get("optional"):
            yield kind, source[part]["name"], key


def _named_in(manifest: Manifest) -> Iterator[tuple[str, str]]:
    spec = manifest.get("spec", {})
    if "scaleTargetRef" in spec:
        yield spec["scaleTargetRef"].get("kind", "Deployment"), spec["scaleTargetRef"]["name"]
    if manifest["kind"] == "StatefulSet":
        yield "Service", spec["serviceName"]
    if "issuerRef" in spec:
        yield spec["issuerRef"]["kind"], spec["issuerRef"]["name"]
    for webhook in manifest.get("webhooks", []):
        yield "Service", webhook["clientConfig"]["service"]["name"]
        yield "Certificate", manifest["metadata"]["annotations"][INJECTED].rpartition("/")[2]
    if "roleRef" in manifest:
        yield manifest["roleRef"]["kind"], manifest["roleRef"]["name"]
        yield from ((subject["kind"], subject["name"]) for subject in manifest.get("subjects", []))
    for trigger in spec.get("triggers", []) if manifest["kind"] == "ScaledObject" else []:
        if "authenticationRef" in trigger:
            yield "TriggerAuthentication", trigger["authenticationRef"]["name"]


def _bound(manifests: Manifests) -> set[str]:
    bindings = manifests.of_kind("RoleBinding", "ClusterRoleBinding")
    return {subject["name"] for binding in bindings for subject in binding.get("subjects", [])}
