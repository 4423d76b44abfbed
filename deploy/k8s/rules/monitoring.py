"""What Prometheus is told to scrape is there, and it may come; every alert says what it means."""

from collections.abc import Iterator

from deploy.k8s.manifests import Manifest, Manifests, containers_of, matches, named, pod_labels


def scraped(manifests: Manifests) -> Iterator[str]:
    """A ServiceMonitor finds Services with its port, and a policy lets another namespace in there."""
    for monitor in manifests.of_kind("ServiceMonitor"):
        selector = monitor["spec"]["selector"]
        found = [one for one in manifests.of_kind("Service") if matches(selector, _labels(one))]
        if not found:
            yield f"{named(monitor)} selects no Service"
        for service in found:
            for endpoint in monitor["spec"]["endpoints"]:
                yield from _endpoint(monitor, service, endpoint["port"], manifests)


def alerts(manifests: Manifests) -> Iterator[str]:
    """An alert waits, is a warning or critical, and says what has happened and what that means."""
    for rule in manifests.of_kind("PrometheusRule"):
        for group in rule["spec"]["groups"]:
            for alert in (one for one in group["rules"] if "record" not in one):
                said = alert.get("annotations", {})
                lacks = [name for name in ("summary", "description") if not said.get(name)]
                lacks += [] if alert.get("for") else ["for"]
                if alert.get("labels", {}).get("severity") not in ("warning", "critical"):
                    lacks.append("severity")
                if lacks:
                    yield f"{named(rule)}: alert {alert.get('alert')} lacks {', '.join(lacks)}"


def _endpoint(monitor: Manifest, service: Manifest, name: str, manifests: Manifests) -> Iterator[str]:
    port = next((one for one in service["spec"]["ports"] if one.get("name") == name), None)
    if port is None:
        yield f"{named(monitor)}: {named(service)} has no port {name}"
        return
    for workload in manifests.pods_matching({"matchLabels": service["spec"].get("selector", {})}):
        if not any(_lets_in(policy, workload, port) for policy in manifests.of_kind("NetworkPolicy")):
            yield f"{named(monitor)}: no policy lets another namespace to port {name} of {named(workload)}"


def _lets_in(policy: Manifest, workload: Manifest, port: Manifest) -> bool:
    if not matches(policy["spec"]["podSelector"], pod_labels(workload)):
        return False
    ports = {
        key
        for container in containers_of(workload, init=False)
        for one in container.get("ports", [])
        if port.get("targetPort", port["port"]) in (one["containerPort"], one.get("name"))
        for key in (one["containerPort"], one.get("name"))
    }
    return any(
        any("namespaceSelector" in peer for peer in hole.get("from") or [])
        and any(one.get("port") in ports for one in hole.get("ports") or [])
        for hole in policy["spec"].get("ingress") or []
    )


def _labels(manifest: Manifest) -> dict[str, str]:
    return dict(manifest["metadata"].get("labels") or {})
