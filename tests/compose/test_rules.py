"""Rules that every container of the stack keeps, read from the merged configuration."""

import re
from pathlib import Path
from typing import Any

import pytest

from deploy.compose import memory_table
from deploy.compose.merged import in_profiles, mebibytes, merged_services
from deploy.compose.project import FOLDER
from deploy.local.services import SERVICES

Services = dict[str, dict[str, Any]]
ONE_SHOT = {"volumes"}  # gives volumes to those who write there, as root without any other right, and ends
DIGEST = "registry.example/it@sha256:" + "0" * 64
NAMES = sorted(merged_services())
VARIABLES = re.findall(r"\$\{(\w+_IMAGE):-", "".join(file.read_text() for file in FOLDER.glob("*.yaml")))
BY_DIGEST = merged_services(dict.fromkeys(VARIABLES, DIGEST))
ON_ALL = merged_services({"STACK_HOST": "0.0.0.0"})


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_service_of_the_local_stack_is_there(services: Services) -> None:
    assert {service.name for service in SERVICES} <= services.keys()


def test_ports_are_those_of_the_local_stack(services: Services) -> None:
    for service in SERVICES:
        assert f"127.0.0.1:{service.default_port}:{service.default_port}" in services[service.name]["ports"]


def test_image_is_pinned_by_a_tag_and_can_be_set_to_a_digest(services: Services, name: str) -> None:
    changed = BY_DIGEST[name]

    assert re.fullmatch(r"[a-z0-9./-]+:[A-Za-z0-9._-]+", services[name]["image"])
    assert not services[name]["image"].endswith(":latest")
    assert DIGEST in {changed["image"], *changed.get("build", {}).get("args", {}).values()}


def test_container_has_no_privileges(services: Services, name: str) -> None:
    service = services[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["read_only"] is True
    assert not service.get("privileged")
    assert service.get("cap_add", []) == (["CHOWN"] if name in ONE_SHOT else [])
    assert service["user"].startswith("0:") == (name in ONE_SHOT)


def test_container_is_bounded(services: Services, name: str) -> None:
    assert mebibytes(services[name]) > 0
    assert services[name]["pids_limit"] > 0
    assert services[name]["logging"]["options"]["max-size"]


def test_container_has_a_health_check(services: Services, name: str) -> None:
    check = services[name]["healthcheck"]
    assert check.get("disable", False) == (name in ONE_SHOT)
    if name not in ONE_SHOT:
        assert check["test"][0] == "CMD"
        assert check["start_interval"] == "1s"


def test_ports_are_on_loopback_unless_told_otherwise(services: Services, name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in services[name].get("ports", []))
    assert all(port.startswith("0.0.0.0:") for port in ON_ALL[name].get("ports", []))


def test_dependencies_are_waited_for(services: Services, name: str) -> None:
    for needed, dependency in services[name].get("depends_on", {}).items():
        ended = "service_completed_successfully"
        assert dependency["condition"] == (ended if needed in ONE_SHOT else "service_healthy")


def test_files_from_the_tree_are_read_only_and_there(services: Services, name: str) -> None:
    for mount in services[name].get("volumes", []):
        source, *_, mode = mount.split(":")
        if source.startswith("."):
            assert mode == "ro"


def test_only_documented_development_passwords(services: Services, name: str) -> None:
    for key, value in services[name].get("environment", {}).items():
        if "PASSWORD" in key or "_PASS" in key or key[-4:] == "AUTH":
            assert value == "development"


def test_the_lite_profile_takes_at_most_2_gigabytes(services: Services) -> None:
    assert sum(mebibytes(one) for one in in_profiles(services, "lite").values()) <= 2048


def test_profiles_exclude_each_other(services: Services) -> None:
    lite, full = (in_profiles(services, profile).keys() for profile in ("lite", "full"))
    assert lite - full == {"viewer"}
    assert full - lite == {"tempo", "loki", "mimir", "grafana"}


def test_table_of_memory_limits_is_what_the_files_say() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "compose.md").read_text()

    assert f"<!-- memory:begin -->\n{memory_table.table()}\n<!-- memory:end -->" in page


def test_readme_says_what_all_may_take_together(services: Services) -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text()

    for profile in ("lite", "full"):
        total = sum(map(mebibytes, in_profiles(services, profile).values()))
        assert f"{total:,}" in readme
