"""Whoever is told an address in the cluster can reach it: Service, port, holes in the NetworkPolicies."""

from collections.abc import Iterator
from typing import Any

from deploy.k8s.addresses import addresses_of
from deploy.k8s.manifests import Manifest, Manifests, containers_of, matches, named, pod_labels

# What an overlay expects from elsewhere: other namespaces, by the prefix of their Services' names.
ELSEWHERE = ("tempo-", "loki-", "mimir-")


def addresses(manifests: Manifests) -> Iterator[str]:
    """Every address is a Service with that port."""
    for workload in manifests.workloads():
        for host, port in addresses_of(workload, manifests):
            service = manifests.find("Service", host)
            if service is None and not host.startswith(ELSEWHERE):
                yield f"{named(workload)} is told {host}:{port}, but there is no Service {host}"
            elif service and port not in [one["port"] for one in service["spec"].get("ports", [])]:
                yield f"{named(workload)} is told {host}:{port}, but Service {host} has no such port"


def holes(manifests: Manifests) -> Iterator[str]:
    """The policies of both sides let the caller through."""
    for caller in manifests.workloads():
        for host, number in addresses_of(caller, manifests):
            service = manifests.find("Service", host)
            port = next((one for one in (service or {}).get("spec", {}).get("ports", [])
                         if one["port"] == number), None)  # fmt: skip
            if service is None or port is None:
                continue
            for called in manifests.pods_matching({"matchLabels": service["spec"].get("selector", {})}):
                ports = _numbers_and_names(called, port.get("targetPort", number))
                for direction, here, there in (("egress", caller, called), ("ingress", called, caller)):
                    if here != there and not _open(manifests, direction, here, there, ports):
                        yield f"{named(caller)} cannot reach {host}:{number}: no policy opens the {direction}"


def _open(
    manifests: Manifests, direction: str, here: Manifest, there: Manifest, ports: set[str | int]
) -> bool:
    side = "to" if direction == "egress" else "from"
    for policy in manifests.of_kind("NetworkPolicy"):
        if matches(policy["spec"]["podSelector"], pod_labels(here)):
            for hole in policy["spec"].get(direction) or []:
                if _peer(hole.get(side), there) and _port(hole.get("ports"), ports):
                    return True
    return False


def _peer(peers: list[dict[str, Any]] | None, there: Manifest) -> bool:
    return not peers or any(
        "podSelector" in peer
        and "namespaceSelector" not in peer
        and matches(peer["podSelector"], pod_labels(there))
        for peer in peers
    )


def _port(allowed: list[dict[str, Any]] | None, ports: set[str | int]) -> bool:
    return not allowed or any(one.get("port") in ports for one in allowed)


def _numbers_and_names(workload: Manifest, target: str | int) -> set[str | int]:
    for container in containers_of(workload, init=False):
        for port in container.get("ports", []):
            if target in (port["containerPort"], port.get("name")):
                return {port["containerPort"], port.get("name", "")}
    return {target}
