"""Schemas are applied strictly, to the kinds of Kubernetes and to those that others define."""

import pytest

from deploy.k8s.manifests import Manifest, Manifests
from deploy.k8s.schemas import FOREIGN, schema_findings
from deploy.k8s.strictness import strict
from tests.k8s.breaking import change
from tests.k8s.conftest import Rendered

CASES = [
    ("base", "Deployment/http-fastapi", "Pod/containers/0/imagePullPolicyy", "Always"),
    ("base", "Deployment/http-fastapi", "spec/minReadySeconds", "1"),
    ("base", "NetworkPolicy/dns", "spec/egress/0/ports/0/protocol", 53),
    ("base", "RoleBinding/collector-agent", "roleRef/nam", "x"),
    ("prometheus-operator", "ServiceMonitor/collectors", "spec/endpoints/0/intervall", "30s"),
    ("prometheus-operator", "ServiceMonitor/collectors", "spec/endpoints/0/interval", "often"),
    ("prometheus-operator", "PrometheusRule/shop", "spec/groups/0/rules/0/expr", []),
    ("admission", "Certificate/k8s-operator-admission", "spec/renewBefor", "1h"),
    ("admission", "Issuer/k8s-operator-admission", "spec/selfSignedd", {}),
    ("admission", "ValidatingWebhookConfiguration/k8s-operator", "webhooks/0/failurePolicyy", "Fail"),
    ("scale-out", "ScaledObject/nats-jetstream", "spec/maxReplicas", 20),
    ("scale-out", "ScaledObject/nats-jetstream", "spec/triggers/0/metadata/lagThreshold", 200),
    ("scale-out", "TriggerAuthentication/rabbitmq", "spec/secretTargetRef/0/secret", "x"),
]
FOREIGN_IN = ("admission", "prometheus-operator", "scale-out")


@pytest.mark.parametrize(("overlay", "where", "at", "value"), CASES)
def test_wrong_field_is_found(rendered: Rendered, overlay: str, where: str, at: str, value: object) -> None:
    manifests = rendered(overlay)
    change(manifests, {"in": where, "at": at, "to": value})

    found = list(schema_findings(manifests))

    assert found
    assert all(line.startswith(f"{where}: ") for line in found)


def test_kind_that_kubernetes_lacks_is_found() -> None:
    manifests = Manifests([{"apiVersion": "apps/v1", "kind": "Deploymint", "metadata": {"name": "x"}}])

    assert list(schema_findings(manifests)) == [
        "Deploymint/x: Kubernetes 1.33 has no apps/v1 Deploymint",
        "Deploymint/x: Kubernetes 1.37 has no apps/v1 Deploymint",
    ]


def test_resource_is_held_against_the_definition_beside_it() -> None:
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"a": {"type": "string"}}}},
    }
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": "Thing", "plural": "things"}
    spec = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]}
    definition: Manifest = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": spec,
    }
    thing = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": {"b": 1}}

    found = list(schema_findings(Manifests([definition, thing])))
    other = list(schema_findings(Manifests([definition, {**thing, "apiVersion": "example.com/v2"}])))

    assert found == ["Thing/x: spec: Additional properties are not allowed ('b' was unexpected)"]
    assert other == ["Thing/x: things.example.com has no version example.com/v2"]


def test_every_foreign_kind_is_used(rendered: Rendered) -> None:
    used = {one["kind"] for name in FOREIGN_IN for one in rendered(name).documents}

    assert set(FOREIGN) - used == set()


def test_object_that_takes_anything_stays_open() -> None:
    schema = {"properties": {"a": {"x-kubernetes-preserve-unknown-fields": True, "properties": {"b": {}}}}}

    assert strict(schema) == {**schema, "additionalProperties": False}
