"""Paths of a Kubernetes API without the names in them.

`/apis/apps/v1/namespaces/shop/deployments/tea/status` is
`/apis/apps/v1/namespaces/{namespace}/deployments/{name}/status`. What is not under `/api/` or `/apis/` says
nothing of objects and is short; it stays as it is when it is known, and has no template otherwise.
"""

_OTHERS = frozenset(
    {"/", "/api", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"}
)
_ROOTS = {"api": 2, "apis": 3}  # parts before the resource


def template_of(path: str) -> str:
    """Give the template of a path, empty when there is none."""
    parts = path.strip("/").split("/")
    before = _ROOTS.get(parts[0])
    if before is None:
        return path if path in _OTHERS else ""
    prefix, rest = parts[:before], parts[before:]
    if len(rest) > 2 and rest[0] == "namespaces":  # noqa: PLR2004 - namespaces/NAME/PLURAL
        prefix, rest = [*prefix, "namespaces", "{namespace}"], rest[2:]
    if len(rest) > 1:
        rest[1] = "{name}"
    return "/" + "/".join(prefix + rest)
