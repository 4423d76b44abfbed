"""The scale subresource, for kinds that keep their replicas where Deployments do."""

from otelkit.testing.kubernetes.refusals import invalid
from otelkit.testing.kubernetes.store import Body


def read_scale(body: Body) -> Body:
    """Give an object's Scale."""
    metadata = {key: body["metadata"].get(key) for key in ("name", "namespace", "uid", "resourceVersion")}
    status = body.get("status") or {}
    return {
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": metadata,
        "spec": {"replicas": body["spec"].get("replicas", 0)},
        "status": {"replicas": status.get("replicas", 0), "selector": status.get("selector", "")},
    }


def write_scale(body: Body, scale: Body) -> Body:
    """Give the object as scaled. Raises Refusal 422."""
    replicas = scale.get("spec", {}).get("replicas")
    if not isinstance(replicas, int) or replicas < 0:
        raise invalid(f"spec.replicas: Invalid value: {replicas}")
    return {**body, "spec": {**body["spec"], "replicas": replicas}}
