"""What a pod may do on its node: Pod Security's `restricted`, and beyond it a root that is read-only."""

from collections.abc import Iterator

from deploy.k8s.manifests import Manifest, Manifests, containers_of, named, pod_of


def not_root(manifests: Manifests) -> Iterator[str]:
    """No container runs as root, and the user is a number, or kubelet cannot tell."""
    for workload, container, security in _each(manifests):
        if security.get("runAsNonRoot") is not True or not security.get("runAsUser"):
            yield f"{workload}: {container} may run as root: set runAsNonRoot and a runAsUser other than 0"


def read_only_root(manifests: Manifests) -> Iterator[str]:
    """Nothing writes into its image; what has to be written has a volume."""
    for workload, container, security in _each(manifests):
        if security.get("readOnlyRootFilesystem") is not True:
            yield f"{workload}: {container} may write to its root: set readOnlyRootFilesystem"


def no_privileges(manifests: Manifests) -> Iterator[str]:
    """No container can get more rights than it began with, and it begins with none."""
    for workload, container, security in _each(manifests):
        if security.get("allowPrivilegeEscalation") is not False or security.get("privileged"):
            yield f"{workload}: {container} may gain privileges: set allowPrivilegeEscalation to false"
        capabilities = security.get("capabilities", {})
        if capabilities.get("drop") != ["ALL"] or capabilities.get("add"):
            yield f"{workload}: {container} keeps capabilities: drop ALL and add none"


def seccomp(manifests: Manifests) -> Iterator[str]:
    """System calls are filtered."""
    for workload, container, security in _each(manifests):
        if security.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
            yield f"{workload}: {container} has no seccomp profile: set RuntimeDefault"


def own_node_only(manifests: Manifests) -> Iterator[str]:
    """No pod uses the network, the processes or the files of its node."""
    for workload in manifests.workloads():
        pod = pod_of(workload)
        shared = [name for name in ("hostNetwork", "hostPID", "hostIPC") if pod.get(name)]
        shared += [f"hostPath {one['name']}" for one in pod.get("volumes", []) if "hostPath" in one]
        ports = [port for container in containers_of(workload) for port in container.get("ports", [])]
        shared += [f"hostPort {port['hostPort']}" for port in ports if port.get("hostPort")]
        if shared:
            yield f"{named(workload)} uses its node's {', '.join(shared)}"


def quiet_environment(manifests: Manifests) -> Iterator[str]:
    """No variables of Services, which collide with settings: a Service `x` makes X_PORT a URL."""
    for workload in manifests.workloads():
        if pod_of(workload).get("enableServiceLinks") is not False:
            yield f"{named(workload)}: set enableServiceLinks to false, or Services become its settings"


def _each(manifests: Manifests) -> Iterator[tuple[str, str, Manifest]]:
    for workload in manifests.workloads():
        shared = pod_of(workload).get("securityContext", {})
        for container in containers_of(workload):
            yield named(workload), container["name"], {**shared, **container.get("securityContext", {})}
