"""Whoever is told an address in the cluster can reach it: Service, port, holes in the NetworkPolicies."""

from collections.abc import Iterator
from typing import Any

from deploy.k8s.addresses import Address, addresses_of
from deploy.k8s.manifests import Manifest, Manifests, containers_of, matches, named, pod_labels

Hole = dict[str, Any]
ACCESS = "access.shop.example.com/"  # and the name of a Service: labels of pods that may reach it


def addresses(manifests: Manifests) -> Iterator[str]:
    """Every address is a Service with that port; those of other namespaces are taken on trust."""
    for workload in manifests.workloads():
        for address in addresses_of(workload, manifests):
            service = manifests.find("Service", address.service)
            if _elsewhere(address, workload):
                continue
            if service is None:
                yield f"{named(workload)} is told {address}, but there is no Service {address.service}"
            elif address.port not in [one["port"] for one in service["spec"].get("ports", [])]:
                yield f"{named(workload)} is told {address}, but that Service has no such port"


def holes(manifests: Manifests) -> Iterator[str]:
    """The policies of both sides let the caller through, those of the caller also into other namespaces."""
    for caller in manifests.workloads():
        for address in addresses_of(caller, manifests):
            if _elsewhere(address, caller):
                if not any(_leads_to(hole, address) for hole in _holes(manifests, "egress", caller)):
                    yield f"{named(caller)} cannot reach {address}: no policy opens the egress"
                continue
            for called, ports in _behind(address, manifests):
                for direction, here, there in (("egress", caller, called), ("ingress", called, caller)):
                    opened = any(_lets(one, there, ports) for one in _holes(manifests, direction, here))
                    if here != there and not opened:
                        yield f"{named(caller)} cannot reach {address}: no policy opens the {direction}"


def unneeded(manifests: Manifests) -> Iterator[str]:
    """No pod has a label that opens the way to a Service whose address it is not told."""
    for workload in manifests.workloads():
        told = {address.service for address in addresses_of(workload, manifests)}
        asked = {key.removeprefix(ACCESS) for key in pod_labels(workload) if key.startswith(ACCESS)}
        for name in sorted(asked - told):
            if manifests.find("Service", name):
                yield f"{named(workload)} may reach {name}, but is not told its address"


def _elsewhere(address: Address, workload: Manifest) -> bool:
    return address.namespace not in ("", workload["metadata"].get("namespace"))


def _behind(address: Address, manifests: Manifests) -> Iterator[tuple[Manifest, set[str | int]]]:
    service = manifests.find("Service", address.service)
    for port in service["spec"].get("ports", []) if service else []:
        if service and port["port"] == address.port:
            for workload in manifests.pods_matching({"matchLabels": service["spec"].get("selector", {})}):
                yield workload, _numbers_and_names(workload, port.get("targetPort", address.port))


def _holes(manifests: Manifests, direction: str, workload: Manifest) -> Iterator[Hole]:
    for policy in manifests.of_kind("NetworkPolicy"):
        if matches(policy["spec"]["podSelector"], pod_labels(workload)):
            for hole in policy["spec"].get(direction) or []:
                yield {"peers": hole.get("to", hole.get("from")), "ports": hole.get("ports")}


def _lets(hole: Hole, there: Manifest, ports: set[str | int]) -> bool:
    peers = [one for one in hole["peers"] or [] if "podSelector" in one and "namespaceSelector" not in one]
    here = not hole["peers"] or any(matches(peer["podSelector"], pod_labels(there)) for peer in peers)
    return here and (not hole["ports"] or any(one.get("port") in ports for one in hole["ports"]))


def _leads_to(hole: Hole, address: Address) -> bool:
    labels = {"kubernetes.io/metadata.name": address.namespace}
    spaces = [peer["namespaceSelector"] for peer in hole["peers"] or [] if "namespaceSelector" in peer]
    ports = [one.get("port") for one in hole["ports"] or []]
    return any(matches(one, labels) for one in spaces) and (not ports or address.port in ports)


def _numbers_and_names(workload: Manifest, target: str | int) -> set[str | int]:
    for container in containers_of(workload, init=False):
        for port in container.get("ports", []):
            if target in (port["containerPort"], port.get("name")):
                return {port["containerPort"], port.get("name", "")}
    return {target}
