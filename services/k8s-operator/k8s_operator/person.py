"""What a person, or a pipeline, does with MyApps: for the demo, the tests and the benchmark."""

import asyncio
from collections.abc import Callable
from typing import Any

from opentelemetry.instrumentation.utils import suppress_http_instrumentation

from k8s_operator.client import Api, ApiError, path_of
from k8s_operator.names import API_VERSION, KIND
from otelkit.instrumentation.kopf import annotate

Body = dict[str, Any]
# They do nothing, as any user and on a read-only root: apps become available in a real cluster, too.
IMAGE, NEXT_IMAGE = "rancher/mirrored-pause:3.6", "rancher/mirrored-pause:3.7"
VERSIONS = {"ConfigMap": "v1", "Service": "v1", "Deployment": "apps/v1", KIND: API_VERSION}
MERGE = "application/merge-patch+json"
_POLL_SECONDS = 0.02


class Person:
    """Works in one namespace."""

    def __init__(self, api: Api, namespace: str) -> None:
        self.api, self.namespace = api, namespace

    def named(self, kind: str, name: str, **content: Any) -> Body:
        """Give an object of a kind."""
        metadata = {"namespace": self.namespace, "name": name}
        return {"apiVersion": VERSIONS[kind], "kind": kind, "metadata": metadata, **content}

    async def apply(self, name: str = "tea", **spec: Any) -> Body:
        """Apply an app, as `kubectl apply` does, with the current trace context as annotation."""
        app = self.named(KIND, name, spec={"image": IMAGE, **spec})
        if annotations := annotate({}):
            app["metadata"]["annotations"] = annotations
        return await self.apply_as("kubectl", app)

    async def apply_as(self, manager: str, body: Body) -> Body:
        """Apply any object as a field manager."""
        path = f"{path_of(body)}?fieldManager={manager}&force=true"
        return await self.api.call("PATCH", path, body, "application/apply-patch+yaml")

    async def edit(self, kind: str, name: str = "tea", **content: Any) -> Body:
        """Change an object, as `kubectl edit` does."""
        return await self.api.call("PATCH", path_of(self.named(kind, name)), content, MERGE)

    async def delete(self, kind: str = KIND, name: str = "tea") -> None:
        """Delete an object."""
        await self.api.call("DELETE", path_of(self.named(kind, name)))

    async def get(self, kind: str = KIND, name: str = "tea") -> Body | None:
        """Read an object; like all that is read here, it leaves no span."""
        with suppress_http_instrumentation():
            return await self.api.get(self.named(kind, name))

    async def read_all(self, kind: str = KIND) -> list[Body]:
        """Read all objects of a kind."""
        with suppress_http_instrumentation():
            found = await self.api.call("GET", path_of(self.named(kind, "x")).rpartition("/")[0])
        items: list[Body] = found["items"]
        return items

    async def events(self) -> list[tuple[str, str]]:
        """Give reason and message of the events."""
        with suppress_http_instrumentation():
            found = await self.api.call("GET", f"/api/v1/namespaces/{self.namespace}/events")
        return [(event["reason"], event["message"]) for event in found["items"]]

    async def until(
        self, holds: Callable[[Any], Any], kind: str = KIND, name: str = "tea", seconds: float = 15
    ) -> Body:
        """Read an object until something holds of it. Raises AssertionError with what it was last."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            found = await self.get(kind, name)
            if holds(found):
                return found or {}
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"{kind} {name} did not become so: {found}")
            await asyncio.sleep(_POLL_SECONDS)

    async def clear(self) -> None:
        """Delete all apps, whatever holds them."""
        for app in await self.read_all():
            name = app["metadata"]["name"]
            try:
                with suppress_http_instrumentation():
                    await self.edit(KIND, name, metadata={"finalizers": None})
                    await self.delete(KIND, name)
            except ApiError as error:
                if error.status != 404:  # noqa: PLR2004 - gone meanwhile
                    raise


def condition(app: Body | None, type_: str) -> tuple[str, str]:
    """Give status and reason of a condition of an app; empty when there is none."""
    found = ((app or {}).get("status") or {}).get("conditions") or ()
    return next(((one["status"], one["reason"]) for one in found if one["type"] == type_), ("", ""))


def is_available(app: Body | None) -> bool:
    """Whether an app runs as its latest version asks."""
    if app is None or (app.get("status") or {}).get("observedGeneration") != app["metadata"]["generation"]:
        return False
    return condition(app, "Available")[0] == "True" and condition(app, "Reconciled")[0] == "True"
