"""`http.route`: what the router itself matched, read from the scope when the request ends.

Decision: nothing is matched again. Starlette leaves its match in scope["route"], FastAPI the prefixed route
of an included router beside it; a route without either is found by its endpoint, once. The root path and
the prefixes of mounted applications belong to the route; where a mount has parameters, by their names.
"""

from collections.abc import Iterable
from typing import Any

from otelkit.instrumentation.asgi.protocol import Scope

_MOST = 1024
_MOUNTED = "/{path}"


class Routes:
    """Finds routes; remembers a bounded number of what had to be looked for."""

    def __init__(self) -> None:
        self._by_endpoint: dict[tuple[object, object], str | None] = {}
        self._templates: dict[str, str] = {}

    def route_of(self, scope: Scope) -> str | None:
        """Give the route of a request that was routed; None when nothing matched."""
        endpoint = scope.get("endpoint")
        if endpoint is None:
            return None
        route = scope.get("route")
        included = scope["fastapi"].get("effective_route_context") if "fastapi" in scope else None
        if included is not None and included.original_route is route:
            path: str | None = included.path_format
        elif getattr(route, "endpoint", None) is endpoint:
            path = getattr(route, "path_format", None)
        else:
            path = self._find(scope.get("app"), endpoint, included)
        root = scope.get("root_path")
        return self._prefix(scope, root) + path if root and path is not None else path

    def _find(self, app: object, endpoint: object, included: Any) -> str | None:
        if getattr(getattr(included, "original_route", None), "endpoint", None) is endpoint:
            return getattr(included.starlette_route, "path_format", None)
        key = (app, endpoint)
        if key not in self._by_endpoint:
            if len(self._by_endpoint) >= _MOST:
                self._by_endpoint.clear()
            self._by_endpoint[key] = _path_of_endpoint(getattr(app, "routes", ()), endpoint)
        return self._by_endpoint[key]

    def _prefix(self, scope: Scope, root: str) -> str:
        own: str = scope.get("app_root_path", root)
        mounted = root[len(own) :]
        if not mounted:
            return own
        if mounted not in self._templates:
            if len(self._templates) >= _MOST:
                self._templates.clear()
            self._templates[mounted] = _mount_template(getattr(scope.get("router"), "routes", ()), mounted)
        return own + self._templates[mounted]


def _path_of_endpoint(routes: Iterable[Any], endpoint: object) -> str | None:
    paths = (route.path_format for route in routes if getattr(route, "endpoint", None) is endpoint)
    return next(paths, None)


def _mount_template(routes: Iterable[Any], path: str) -> str:
    for route in routes:
        template: str = getattr(route, "path_format", "")
        if hasattr(route, "app") and template.endswith(_MOUNTED):
            found = route.path_regex.match(f"{path}/")
            if found is not None:
                rest = found["path"].rstrip("/")
                prefix = template.removesuffix(_MOUNTED)
                return prefix + _mount_template(route.routes, f"/{rest}") if rest else prefix
    return path
