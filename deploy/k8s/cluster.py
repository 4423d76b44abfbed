"""`make k8s-up` and `make k8s-down`: a cluster of kind with one overlay in it, and its end.

Every call names the cluster that it is for, so that no other cluster of this machine is ever touched.
"""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from string import ascii_letters, digits

from deploy.k8s.errors import ClusterError
from deploy.k8s.kustomize import find_kustomize, render
from deploy.k8s.manifests import WORKLOADS, Manifests, containers_of
from deploy.k8s.programs import Programs
from deploy.k8s.rules.references import secrets_used
from deploy.k8s.secret_templates import fill, read_templates

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
NAME = "otelkit-shop"
NAMESPACE = "shop"
OURS = "shop/"  # images of this repository
SECRET_CHARACTERS = 32


@dataclass(frozen=True)
class Cluster:
    """One cluster of kind on this machine."""

    programs: Programs
    name: str = NAME

    def create(self) -> None:
        """Create it unless it is there."""
        if self.name not in self.programs.read("kind", "get", "clusters").split():
            config = str(FOLDER / "kind.yaml")
            self.programs.run(
                "kind", "create", "cluster", "--name", self.name, "--config", config, "--wait", "180s"
            )

    def delete(self) -> None:
        """Delete it if it is there, and no other."""
        if self.name in self.programs.read("kind", "get", "clusters").split():
            self.programs.run("kind", "delete", "cluster", "--name", self.name)
        else:
            print(f"there is no cluster {self.name}")

    def load(self, image: str, service: str) -> None:
        """Build an image of ours and put it into the cluster's nodes."""
        dockerfile = f"services/{service}/Dockerfile"
        self.programs.run("docker", "build", "--file", str(ROOT / dockerfile), "--tag", image, str(ROOT))
        self.programs.run("kind", "load", "docker-image", image, "--name", self.name)

    def kubectl(self, *arguments: str, text: str | None = None) -> None:
        """Call kubectl for this cluster."""
        self.programs.run("kubectl", "--context", f"kind-{self.name}", *arguments, text=text)

    def has_secret(self, name: str) -> bool:
        """Tell whether a Secret is there; what is there is never made anew."""
        command = ["kubectl", "--context", f"kind-{self.name}", "--namespace", NAMESPACE]
        return bool(self.programs.read(*command, "get", "secret", name, "--ignore-not-found", "-o", "name"))


def bring_up(overlay: str, programs: Programs) -> None:
    """Create the cluster, build and load the images, make the Secrets, apply the overlay, wait for it."""
    folder = FOLDER / "overlays" / overlay
    if not (folder / "kustomization.yaml").is_file():
        known = ", ".join(sorted(path.parent.name for path in FOLDER.glob("overlays/*/kustomization.yaml")))
        raise ClusterError(f"there is no overlay {overlay!r}; known are: {known}")
    programs.require("docker", "kind", "kubectl")
    rendered = render(find_kustomize(), folder)
    manifests = Manifests.parse(rendered)
    cluster = Cluster(programs)
    cluster.create()
    for image, service in images_of_ours(manifests):
        cluster.load(image, service)
    cluster.kubectl(
        "apply", "--server-side", "-f", "-", text=json.dumps(manifests.find("Namespace", NAMESPACE))
    )
    for name in sorted(secrets_used(manifests)):
        _make_secret(cluster, name)
    cluster.kubectl("apply", "--server-side", "-f", "-", text=rendered)
    for workload in manifests.of_kind(*WORKLOADS):
        target = f"{workload['kind'].lower()}/{workload['metadata']['name']}"
        cluster.kubectl("--namespace", NAMESPACE, "rollout", "status", target, "--timeout", "300s")
    print(f"look: kubectl --context kind-{NAME} --namespace {NAMESPACE} port-forward service/grafana 3000")


def bring_down(programs: Programs) -> None:
    """Delete the cluster that `bring_up` made."""
    programs.require("kind")
    Cluster(programs).delete()


def images_of_ours(manifests: Manifests) -> list[tuple[str, str]]:
    """Give every image of this repository with the service that it is of."""
    images = {one["image"] for workload in manifests.workloads() for one in containers_of(workload)}
    return [
        (image, image.removeprefix(OURS).partition(":")[0])
        for image in sorted(images)
        if image.startswith(OURS)
    ]


def _random() -> str:
    """Letters and digits, a letter first: NATS reads a variable by its syntax, in which 3e5a is no string."""
    rest = (secrets.choice(ascii_letters + digits) for _ in range(SECRET_CHARACTERS - 1))
    return secrets.choice(ascii_letters) + "".join(rest)


def _make_secret(cluster: Cluster, name: str) -> None:
    if cluster.has_secret(name):
        return
    values = fill(name, read_templates()[name], _random)
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "stringData": values,
    }
    # By standard input: arguments are seen by everybody on the machine.
    cluster.kubectl("apply", "--server-side", "-f", "-", text=json.dumps(secret))
