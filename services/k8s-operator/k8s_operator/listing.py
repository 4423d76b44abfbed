"""Everything as the API has it at one moment, in the shape of the cache."""

from collections.abc import Iterable, Mapping
from typing import Any

from k8s_operator.client import Api
from k8s_operator.names import API_VERSION, KIND, OURS

Body = Mapping[str, Any]
_VERSIONS = {"ConfigMap": "v1", "Service": "v1", "Deployment": "apps/v1"}


class Listed:
    """Apps and children by kind, namespace and name."""

    def __init__(self, bodies: Mapping[str, Iterable[Body]]) -> None:
        self._bodies = {
            (kind, body["metadata"]["namespace"], body["metadata"]["name"]): body
            for kind, several in bodies.items()
            for body in several
        }

    def apps(self) -> list[Body]:
        """Give all apps."""
        return [body for (kind, *_), body in self._bodies.items() if kind == KIND]

    def child(self, kind: str, namespace: str, name: str) -> Body | None:
        """Give a child."""
        return self._bodies.get((kind, namespace, name))


async def list_everything(api: Api, namespace: str) -> Listed:
    """List a namespace, or all when it is empty. Apps come first: a child that is younger is no stray."""
    found = {KIND: await api.read_all(API_VERSION, KIND, namespace)}
    for kind, version in _VERSIONS.items():
        found[kind] = await api.read_all(version, kind, namespace, OURS)
    return Listed(found)
