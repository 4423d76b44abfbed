"""What an app becomes: the objects as they are applied, and nothing that others may decide."""

import json
from hashlib import sha256
from typing import Any

from k8s_operator.app import App
from k8s_operator.names import (
    API_VERSION,
    APPLIED_DIGEST,
    CONFIG_DIGEST,
    INSTANCE,
    KIND,
    MANAGED_BY,
    OPERATOR,
    PART,
)

Body = dict[str, Any]
SERVICE_PORT = 80


def children_of(app: App) -> list[Body]:
    """Give the children in the order in which they are needed."""
    return [_config_map(app), _service(app), _deployment(app)]


def selector_of(name: str) -> str:
    """Give the selector of an app's pods, as a text."""
    return f"{INSTANCE}={name},{MANAGED_BY}={OPERATOR}"


def _child(app: App, api_version: str, kind: str, **content: Any) -> Body:
    owner = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "name": app.name,
        "uid": app.uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }
    metadata: Body = {
        "name": app.name,
        "namespace": app.namespace,
        "labels": {**_selector(app), PART: app.name},
        "ownerReferences": [owner],
    }
    child = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **content}
    digest = sha256(json.dumps(child, sort_keys=True).encode()).hexdigest()[:16]
    metadata["annotations"] = {APPLIED_DIGEST: digest}
    return child


def _selector(app: App) -> dict[str, str]:
    return {INSTANCE: app.name, MANAGED_BY: OPERATOR}


def _config_map(app: App) -> Body:
    return _child(app, "v1", "ConfigMap", data=dict(app.config))


def _service(app: App) -> Body:
    port = {"name": "http", "port": SERVICE_PORT, "targetPort": "http", "protocol": "TCP"}
    return _child(
        app, "v1", "Service", spec={"type": "ClusterIP", "selector": _selector(app), "ports": [port]}
    )


def _deployment(app: App) -> Body:
    template = {
        "metadata": {
            "labels": {**_selector(app), PART: app.name},
            "annotations": {CONFIG_DIGEST: app.config_digest},
        },
        "spec": {
            "automountServiceAccountToken": False,
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [_container(app)],
        },
    }
    spec = {"replicas": app.replicas, "selector": {"matchLabels": _selector(app)}, "template": template}
    return _child(app, "apps/v1", "Deployment", spec=spec)


def _container(app: App) -> Body:
    return {
        "name": "app",
        "image": app.image,
        "ports": [{"name": "http", "containerPort": app.port, "protocol": "TCP"}],
        "envFrom": [{"configMapRef": {"name": app.name}}],
        "env": [{"name": "PORT", "value": str(app.port)}],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
