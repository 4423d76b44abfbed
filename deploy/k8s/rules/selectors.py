"""Selectors find what they are meant for, and named ports are there."""

from collections.abc import Iterable, Iterator

from deploy.k8s.manifests import Manifest, Manifests, containers_of, matches, named, pod_labels, pod_of


def own_pods(manifests: Manifests) -> Iterator[str]:
    """A workload selects its own pods and nobody else's; so do its topology spread constraints."""
    for workload in manifests.workloads():
        selector = workload["spec"].get("selector")
        if selector is not None and manifests.pods_matching(selector) != [workload]:
            others = ", ".join(map(named, manifests.pods_matching(selector))) or "nothing"
            yield f"{named(workload)}: its selector matches {others}"
        for spread in pod_of(workload).get("topologySpreadConstraints", []):
            selector = spread.get("labelSelector") or {}
            if not selector.get("matchLabels") or not matches(selector, pod_labels(workload)):
                yield f"{named(workload)}: topology spread over {spread['topologyKey']} misses its pods"


def services(manifests: Manifests) -> Iterator[str]:
    """A Service finds pods, and they have the ports."""
    for service in manifests.of_kind("Service"):
        selector = service["spec"].get("selector")
        found = manifests.pods_matching({"matchLabels": selector}) if selector else []
        if not found:
            yield f"{named(service)} selects no pod"
        for workload in found:
            wanted = [port.get("targetPort", port["port"]) for port in service["spec"].get("ports", [])]
            yield from _missing_ports(service, workload, wanted)


def disruption_budgets(manifests: Manifests) -> Iterator[str]:
    """A PodDisruptionBudget is for the pods of one workload."""
    for budget in manifests.of_kind("PodDisruptionBudget"):
        found = manifests.pods_matching(budget["spec"].get("selector"))
        if len(found) != 1:
            yield f"{named(budget)} selects {', '.join(map(named, found)) or 'no pod'}"


def network_policies(manifests: Manifests) -> Iterator[str]:
    """A NetworkPolicy is for pods that there are, lets in or out somebody, and to ports that they have."""
    for policy in manifests.of_kind("NetworkPolicy"):
        spec = policy["spec"]
        targets = manifests.pods_matching(spec["podSelector"])
        if not targets:
            yield f"{named(policy)} is for no pod"
        for hole in spec.get("ingress") or []:
            yield from _strangers(policy, hole.get("from") or [], manifests)
            ports = [port["port"] for port in hole.get("ports", []) if isinstance(port.get("port"), str)]
            for workload in targets:
                yield from _missing_ports(policy, workload, ports)
        for hole in spec.get("egress") or []:
            yield from _strangers(policy, hole.get("to") or [], manifests)


def probe_ports(manifests: Manifests) -> Iterator[str]:
    """A probe asks a port that its container has."""
    for workload in manifests.workloads():
        for container in containers_of(workload):
            for probe in ("readinessProbe", "livenessProbe", "startupProbe"):
                asked = container.get(probe, {})
                for way in ("httpGet", "tcpSocket", "grpc"):
                    port = asked.get(way, {}).get("port")
                    if port is not None and port not in ports_of([container]):
                        yield f"{named(workload)}: {probe} of {container['name']} asks port {port}"


def ports_of(containers: Iterable[Manifest]) -> set[str | int]:
    """Give the ports of containers, by name and by number."""
    ports = [port for container in containers for port in container.get("ports", [])]
    return {port["containerPort"] for port in ports} | {port["name"] for port in ports if "name" in port}


def _missing_ports(asker: Manifest, workload: Manifest, wanted: list[str | int]) -> Iterator[str]:
    there = ports_of(containers_of(workload, init=False))
    yield from (
        f"{named(asker)}: {named(workload)} has no port {port}" for port in wanted if port not in there
    )


def _strangers(policy: Manifest, peers: list[Manifest], manifests: Manifests) -> Iterator[str]:
    for peer in peers:
        here = "podSelector" in peer and "namespaceSelector" not in peer
        if here and not manifests.pods_matching(peer["podSelector"]):
            yield f"{named(policy)} names pods that there are not: {peer['podSelector']}"
