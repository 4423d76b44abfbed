"""What is deployed is what is built: each service of the repository, its user, its ports, its settings."""

import re
from pathlib import Path

import pytest
import yaml

from deploy.k8s.cluster import OURS, images_of_ours
from deploy.k8s.manifests import Manifest, Manifests, containers_of, pod_of
from deploy.k8s.validate import FOLDER
from deploy.local.services import SERVICES, Service
from tests.k8s.conftest import Rendered

ROOT = FOLDER.parents[1]
NAMES = sorted(path.parent.name for path in ROOT.glob("services/*/pyproject.toml"))
BUILT = sorted(path.parent.name for path in ROOT.glob("services/*/Dockerfile"))


def workload_of(manifests: Manifests, name: str) -> Manifest:
    found = [one for one in manifests.workloads() if one["metadata"]["name"] == name]
    assert len(found) == 1, f"{name} is not deployed: deploy/k8s/base/services/{name} and one line in base"
    return found[0]


def dockerfile(name: str) -> str:
    return Path(ROOT / "services" / name / "Dockerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_service_is_deployed(rendered: Rendered, name: str) -> None:
    workload = workload_of(rendered("base"), name)

    assert containers_of(workload)[0]["image"].startswith(f"{OURS}{name}:")


@pytest.mark.parametrize("name", BUILT)
def test_user_and_port_are_those_of_the_image(rendered: Rendered, name: str) -> None:
    workload = workload_of(rendered("base"), name)
    ports = [str(port["containerPort"]) for port in containers_of(workload)[0]["ports"]]

    user = re.findall(r"^USER (\d+):(\d+)$", dockerfile(name), re.MULTILINE)[-1]
    security = pod_of(workload)["securityContext"]
    assert (str(security["runAsUser"]), str(security["runAsGroup"])) == user
    assert re.findall(r"^EXPOSE (\d+)$", dockerfile(name), re.MULTILINE) == ports


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_port_is_the_one_of_the_other_ways_to_run_the_stack(rendered: Rendered, service: Service) -> None:
    entry = rendered("base").find("Service", service.name)

    assert entry is not None
    assert [port["port"] for port in entry["spec"]["ports"]] == [service.default_port]


def test_images_of_ours_are_known_by_their_service(rendered: Rendered) -> None:
    assert dict(images_of_ours(rendered("base")))["shop/http-fastapi:0.1.0"] == "http-fastapi"


def test_service_is_one_folder_and_one_line() -> None:
    listed = yaml.safe_load((FOLDER / "base" / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    folders = {f"services/{path.name}" for path in (FOLDER / "base" / "services").iterdir()}

    assert folders == {line for line in listed if line.startswith("services/")}
