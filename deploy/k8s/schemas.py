"""Whether manifests have the form that the API server asks for, unknown fields refused.

Kinds of Kubernetes are checked by kubernetes-validate, against the oldest and the newest version that the
manifests are for; kinds of a CustomResourceDefinition by the schema in it. CEL is left to the API server.
"""

import json
from collections.abc import Iterator
from functools import cache

import kubernetes_validate  # type: ignore[import-untyped]  # it has no py.typed
import yaml

from deploy.k8s.go_modules import CERT_MANAGER, KEDA, PROMETHEUS_OPERATOR, Module, module_folder
from deploy.k8s.json_schema import place_of, violations
from deploy.k8s.manifests import Manifest, Manifests, named
from deploy.k8s.strictness import strict

VERSIONS = ("1.33", "1.37")
# Kinds that others define: the module and the file in it that has the CustomResourceDefinition.
FOREIGN: dict[str, tuple[Module, str]] = {
    "ServiceMonitor": (
        PROMETHEUS_OPERATOR,
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
    ),
    "PrometheusRule": (
        PROMETHEUS_OPERATOR,
        "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
    ),
    "Certificate": (CERT_MANAGER, "deploy/crds/cert-manager.io_certificates.yaml"),
    "Issuer": (CERT_MANAGER, "deploy/crds/cert-manager.io_issuers.yaml"),
    "ScaledObject": (KEDA, "config/crd/bases/keda.sh_scaledobjects.yaml"),
    "TriggerAuthentication": (KEDA, "config/crd/bases/keda.sh_triggerauthentications.yaml"),
}


def schema_findings(manifests: Manifests) -> Iterator[str]:
    """Give what the API server would refuse. Raises ClusterError when a foreign schema cannot be had."""
    own = {crd["spec"]["names"]["kind"]: crd for crd in manifests.of_kind("CustomResourceDefinition")}
    for manifest in manifests.documents:
        kind = manifest.get("kind", "")
        crd = own.get(kind) or (_foreign(kind) if kind in FOREIGN else None)
        found = _custom(manifest, crd) if crd else _builtin(json.dumps(manifest, sort_keys=True))
        yield from (f"{named(manifest)}: {line}" for line in found)


@cache  # most manifests are the same in every overlay
def _builtin(text: str) -> tuple[str, ...]:
    manifest = json.loads(text)
    found = []
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(manifest, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            found.append(f"{place_of(error)}: {error.message} (Kubernetes {version})")
        except kubernetes_validate.SchemaNotFoundError:
            found.append(f"Kubernetes {version} has no {manifest.get('apiVersion')} {manifest.get('kind')}")
    return tuple(found)


def _custom(manifest: Manifest, crd: Manifest) -> Iterator[str]:
    group, _, version = str(manifest.get("apiVersion")).rpartition("/")
    served = {
        one["name"]: one["schema"]["openAPIV3Schema"] for one in crd["spec"]["versions"] if one["served"]
    }
    if group != crd["spec"]["group"] or version not in served:
        yield f"{crd['metadata']['name']} has no version {manifest.get('apiVersion')}"
        return
    yield from violations(strict(served[version], top=True), manifest)


@cache
def _foreign(kind: str) -> Manifest:
    module, file = FOREIGN[kind]
    crd: Manifest = yaml.load((module_folder(module) / file).read_text(encoding="utf-8"), yaml.CSafeLoader)
    return crd
