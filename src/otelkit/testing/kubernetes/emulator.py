"""The emulator: kmock serves, parses and describes; verbs on objects are ours."""

import json
import re
from collections.abc import Mapping
from typing import Any

import attrs
import kmock
from aiohttp import web

from otelkit.testing.kubernetes.controllers import Controllers
from otelkit.testing.kubernetes.kinds import BUILT_IN, CRDS, KindInfo, kinds_of
from otelkit.testing.kubernetes.labels import labels_of, selector
from otelkit.testing.kubernetes.permissions import Permissions
from otelkit.testing.kubernetes.refusals import Refusal, not_found
from otelkit.testing.kubernetes.scale import read_scale, write_scale
from otelkit.testing.kubernetes.store import Body, Change, Kind, Store, Where
from otelkit.testing.kubernetes.watches import Watch
from otelkit.testing.kubernetes.writing import Patch, Writer

WATCH_SECONDS = 300.0
_NAMESPACE = re.compile(r"/api/v1/namespaces(/[^/]+)?")


@attrs.define(kw_only=True)
class Emulator(kmock.KubernetesEmulator):
    """A cluster without nodes; `permissions` are by bearer token, and who has none may do all."""

    permissions: Mapping[str, Permissions] = attrs.field(factory=dict)
    store: Store = attrs.field(factory=Store)
    kinds: dict[tuple[str, str, str], KindInfo] = attrs.field(factory=dict, init=False)
    writer: Writer = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        self.writer = Writer(self.store)
        self.store.listeners.append(self._define)
        self.store.listeners.append(Controllers(self.store, self.writer).hear)
        for info in BUILT_IN:
            self._know(info)

    async def __call__(self, raw_request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request; every namespace is there, because kmock 0.8 cannot parse their own paths."""
        if _NAMESPACE.fullmatch(raw_request.path):
            asked = await raw_request.json() if raw_request.can_read_body else {}
            return web.json_response(asked, status=201 if raw_request.method == "POST" else 200)
        return await super().__call__(raw_request)

    async def _handle(self, request: Any) -> web.StreamResponse:
        if request.resource is None or request.resource.plural is None:
            return await super()._handle(request)
        self._requests.remove(request)  # kmock keeps them all
        try:
            return await self._serve(request)
        except Refusal as refusal:
            return refusal.response()

    async def _serve(self, request: Any) -> web.StreamResponse:
        found = request.resource
        info = self.kinds.get((found.group, found.version, found.plural))
        if info is None or (request.subresource and request.subresource not in info.subresources):
            raise Refusal(404, "NotFound", "the server could not find the requested resource")
        self._authorize(request)
        if request.name is None:
            return await self._serve_all(info, request)
        where = request.namespace, request.name
        body = self._serve_one(info, where, request)
        return web.Response(body=json.dumps(body).encode(), content_type="application/json")

    def _authorize(self, request: Any) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if permissions := self.permissions.get(token):
            permissions.check(request)

    async def _serve_all(self, info: KindInfo, request: Any) -> web.StreamResponse:
        kind = info.group, info.plural
        if request.method.value == "POST":
            metadata = request.data.get("metadata") or {}
            where = request.namespace or metadata.get("namespace"), _name(metadata, self.store)
            return web.json_response(self.writer.create(info, where, request.data), status=201)
        takes = selector(request.params.get("labelSelector", ""))
        if request.params.get("watch") in ("true", "1"):
            seconds = float(request.params.get("timeoutSeconds") or WATCH_SECONDS)
            watch = Watch(self.store, kind, request.namespace, takes)
            return await watch.serve(request._raw_request, request.params.get("resourceVersion", ""), seconds)  # noqa: SLF001 - kmock's only way to it
        items = [
            body
            for body in self.store.all_of(kind)
            if takes(labels_of(body)) and request.namespace in (None, body["metadata"].get("namespace"))
        ]
        metadata = {"resourceVersion": str(self.store.version)}
        return web.json_response(
            {"apiVersion": info.api_version, "kind": f"{info.kind}List", "metadata": metadata, "items": items}
        )

    def _serve_one(self, info: KindInfo, where: Where, request: Any) -> Body:
        method, sub = request.method.value, request.subresource or ""
        body = self.store.find((info.group, info.plural), where)
        if sub == "scale":
            if body is None:
                raise not_found(info.plural, where[1])
            return read_scale(body) if method == "GET" else self._scale(info, where, body, request)
        if method == "PATCH":
            return self.writer.patch(info, where, sub, _patch_of(request))
        if method == "PUT":
            return self.writer.replace(info, where, sub, request.data)
        if method == "DELETE":
            return self.writer.delete(info, where)
        if body is None:
            raise not_found(info.plural, where[1])
        return body

    def _scale(self, info: KindInfo, where: Where, body: Body, request: Any) -> Body:
        return read_scale(self.writer.replace(info, where, "", write_scale(body, request.data)))

    def _define(self, kind: Kind, change: Change) -> None:
        if kind == CRDS and change.type != "DELETED":
            for info in kinds_of(change.body):
                self._know(info)

    def _know(self, info: KindInfo) -> None:
        self.kinds[info.group, info.version, info.plural] = info
        self.resources[f"{info.plural}.{info.version}.{info.group}".rstrip(".")] = info.described()


def _patch_of(request: Any) -> Patch:
    manager, force = request.params.get("fieldManager", ""), request.params.get("force") == "true"
    return Patch(request.headers.get("Content-Type", ""), request.data, manager, force)


def _name(metadata: Body, store: Store) -> str:
    return str(metadata.get("name") or f"{metadata.get('generateName', '')}{store.version:05x}")
