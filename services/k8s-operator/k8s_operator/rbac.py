"""The rights that the operator needs: written from the calls that it was seen to make, no more and no less.

`python -m k8s_operator.rbac` exercises every path of the operator on an emulated cluster (`exercise.py`) and
writes `rbac.yaml`; a test finds drift, and the emulated cluster of all other tests enforces the file.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "rbac.yaml"
HEADER = "# Written by `python -m k8s_operator.rbac`: what the code was seen to call, no more and no less.\n"
NAME, LEASES = "k8s-operator", "coordination.k8s.io"
LEASE_NAMESPACE = "default"  # as in `settings.py`
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


class Right(NamedTuple):
    """One verb on one resource."""

    group: str
    resource: str
    verb: str


def right_for(method: str, path: str, *, watches: bool) -> Right | None:
    """Give the right that a request needs; None for discovery, which everybody may."""
    parts = path.strip("/").split("/")
    group, rest = ("", parts[2:]) if parts[0] == "api" else (parts[1] if len(parts) > 1 else "", parts[3:])
    if len(rest) > 2 and rest[0] == "namespaces":  # noqa: PLR2004 - namespaces/NAME/PLURAL
        rest = rest[2:]
    if not rest:
        return None
    plural, *names = rest
    resource = "/".join([plural, *names[1:]])
    if method == "GET":
        return Right(group, resource, "watch" if watches else "get" if names else "list")
    return Right(group, resource, _VERBS[method])


def manifests(rights: Iterable[Right]) -> str:
    """Give the ClusterRole, and the Role for the lease, as YAML."""
    known = set(rights)
    leases = {right for right in known if right.group == LEASES}
    cluster_wide = _manifest("ClusterRole", "", known - leases)
    return HEADER + cluster_wide + "---\n" + _manifest("Role", LEASE_NAMESPACE, leases)


def _manifest(kind: str, namespace: str, rights: set[Right]) -> str:
    verbs: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for right in sorted(rights):
        verbs[right.group, right.resource].append(right.verb)
    resources: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for (group, resource), several in verbs.items():
        resources[group, ", ".join(several)].append(resource)
    where = f"  namespace: {namespace}\n" if namespace else ""
    rules = [_rule(group, ", ".join(several), allowed) for (group, allowed), several in resources.items()]
    head = f"apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: {NAME}\n"
    return f"{head}{where}rules:\n{''.join(rules)}"


def _rule(group: str, resources: str, verbs: str) -> str:
    named = group or '""'
    return f"  - {{apiGroups: [{named}], resources: [{resources}], verbs: [{verbs}]}}\n"


def main() -> None:
    """Exercise the operator and write the file."""
    from k8s_operator.exercise import exercise  # noqa: PLC0415 - what only this command needs

    rights = (right_for(call.method, call.path, watches=call.is_watch) for call in asyncio.run(exercise()))
    FILE.write_text(manifests(right for right in rights if right), encoding="utf-8")


if __name__ == "__main__":
    main()
