"""The API as the operator uses it: the official client's connections, with plain objects.

Its models would check each object twice a call and take ours apart; server-side apply wants just the fields
that we mean. The calls are HTTP client spans by `otelkit.instrumentation.kubernetes_aio`.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
from kubernetes.aio.client import ApiClient, Configuration

from k8s_operator.names import API_VERSION, OPERATOR, PLURAL

Body = dict[str, Any]
PLURALS = {
    "ConfigMap": "configmaps",
    "Service": "services",
    "Deployment": "deployments",
    "Lease": "leases",
    "MyApp": PLURAL,
}
APPLY = "application/apply-patch+yaml"
_FIRST_ERROR_STATUS = 400


class ApiError(Exception):
    """An answer that is an error; `retry_after` is what the API asks for, in seconds."""

    def __init__(self, status: int, reason: str, message: str, retry_after: float | None) -> None:
        super().__init__(f"{status} {reason}: {message[:300]}")
        self.status, self.reason, self.retry_after = status, reason, retry_after


class Api:
    """Calls of one operator."""

    def __init__(self, client: ApiClient, request_seconds: float) -> None:
        self._client, self._timeout = client, aiohttp.ClientTimeout(total=request_seconds)

    async def get(self, body: Mapping[str, Any]) -> Body | None:
        """Read an object that is named as `body` is; None when there is none. Raises as `call`."""
        try:
            return await self.call("GET", path_of(body))
        except ApiError as error:
            if error.status == 404:  # noqa: PLR2004 - Not Found
                return None
            raise

    async def create(self, body: Body) -> Body:
        """Make an object. Raises as `call`, with 409 when it is there."""
        return await self.call("POST", path_of(body).rpartition("/")[0], body)

    async def replace(self, body: Body) -> Body:
        """Write an object as a whole. Raises as `call`, with 409 when it changed since it was read."""
        return await self.call("PUT", path_of(body), body)

    async def apply(self, body: Body, *, force: bool = True, subresource: str = "") -> Body:
        """Apply what `body` has, server-side. Raises as `call`, with 409 for others' fields unless forced."""
        query = urlencode({"fieldManager": OPERATOR, "force": str(force).lower()})
        return await self.call("PATCH", f"{path_of(body)}{subresource}?{query}", body, APPLY)

    async def patch(self, named: Mapping[str, Any], patch: Body) -> Body:
        """Merge a patch into an object. Raises as `call`."""
        return await self.call("PATCH", path_of(named), patch, "application/merge-patch+json")

    async def read_all(self, version: str, kind: str, namespace: str, labels: str = "") -> list[Body]:
        """Read all objects of a kind, in a namespace or everywhere when it is empty. Raises as `call`."""
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        where = f"{root}/namespaces/{namespace}" if namespace else root
        query = f"?{urlencode({'labelSelector': labels})}" if labels else ""
        found: list[Body] = (await self.call("GET", f"{where}/{PLURALS[kind]}{query}"))["items"]
        return found

    async def is_served(self) -> bool:
        """Whether the API knows MyApps. Raises as `call`."""
        try:
            found = await self.call("GET", f"/apis/{API_VERSION}")
        except ApiError as error:
            if error.status == 404:  # noqa: PLR2004 - Not Found
                return False
            raise
        return any(resource["name"] == PLURAL for resource in found["resources"])

    async def call(self, method: str, path: str, body: Any = None, content: str = "application/json") -> Body:
        """Call the API. Raises ApiError, aiohttp.ClientError, TimeoutError."""
        headers = {"Accept": "application/json", "Content-Type": content}
        method, url, headers, *_ = await self._client.param_serialize(
            method, path, header_params=headers, auth_settings=["BearerToken"]
        )
        answer = await self._client.call_api(method, url, headers, body, _request_timeout=self._timeout)
        text: bytes = await answer.read()  # type: ignore[no-untyped-call]  # upstream forgot the annotation
        if answer.status >= _FIRST_ERROR_STATUS:
            raise _error_of(answer, text)
        found: Body = json.loads(text)
        return found


@asynccontextmanager
async def open_api(configuration: Configuration, request_seconds: float) -> AsyncIterator[Api]:
    """Open connections to a cluster."""
    async with ApiClient(configuration) as client:
        yield Api(client, request_seconds)


def path_of(body: Mapping[str, Any]) -> str:
    """Give the path of an object, from its kind and name."""
    version, metadata = body["apiVersion"], body["metadata"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    return f"{root}/namespaces/{metadata['namespace']}/{PLURALS[body['kind']]}/{metadata['name']}"


def _error_of(answer: Any, text: bytes) -> ApiError:
    try:
        status = json.loads(text)
    except ValueError:  # a proxy's answer
        status = {}
    reason, message = status.get("reason") or answer.reason or "", status.get("message") or ""
    after = answer.headers.get("Retry-After", "")
    return ApiError(answer.status, reason, message, float(after) if after.isdigit() else None)
