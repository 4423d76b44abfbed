"""RBAC: what ClusterRoles and Roles of one service account allow; everything else is 403."""

from collections.abc import Iterable, Mapping
from typing import Any

from otelkit.testing.kubernetes.refusals import Refusal

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def verb_of(method: str, name: str | None, watches: bool) -> str:
    """Give RBAC's verb of a request."""
    if method == "GET":
        return "watch" if watches else "get" if name else "list"
    return _VERBS.get(method, method.lower())


class Permissions:
    """Rules of a ClusterRole hold everywhere, those of a Role in its namespace, by `resourceNames` or not."""

    def __init__(self, manifests: Iterable[Mapping[str, Any]]) -> None:
        self._rules = [
            (manifest["metadata"].get("namespace") if manifest["kind"] == "Role" else None, rule)
            for manifest in manifests
            if manifest and manifest["kind"] in ("ClusterRole", "Role")
            for rule in manifest["rules"]
        ]

    def check(self, request: Any) -> None:
        """Raises Refusal 403."""
        verb = verb_of(request.method.value, request.name, request.params.get("watch") in ("true", "1"))
        resource = "/".join(part for part in (request.resource.plural, request.subresource) if part)
        if not self.allow(verb, request.resource.group, resource, request.namespace, request.name):
            what = (
                f'{resource} in API group "{request.resource.group}" in the namespace "{request.namespace}"'
            )
            raise Refusal(403, "Forbidden", f"cannot {verb} resource {what}")

    def allow(self, verb: str, group: str, resource: str, namespace: str | None, name: str | None) -> bool:
        """Whether a rule allows it."""
        return any(
            verb in rule["verbs"]
            and group in rule["apiGroups"]
            and resource in rule["resources"]
            and where in (None, namespace)
            and (not rule.get("resourceNames") or name in rule["resourceNames"])
            for where, rule in self._rules
        )
