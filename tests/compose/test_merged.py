"""What we read from the files without docker is what docker makes of them."""

from typing import Any

import pytest

from deploy.compose.merged import in_profiles, mebibytes
from deploy.compose.project import Project, memory_bytes


@pytest.mark.parametrize("profiles", [("lite",), ("full",), ("full", "profiles", "load")])
def test_services_and_their_limits_are_the_same(
    services: dict[str, dict[str, Any]], profiles: tuple[str, ...]
) -> None:
    ours = in_profiles(services, *profiles)
    config = Project(profiles).config()

    assert config["services"].keys() == ours.keys()
    lasting = [service for service in ours.values() if service["restart"] != "no"]
    assert memory_bytes(config) == sum(mebibytes(service) for service in lasting) * 2**20
    for name, service in config["services"].items():
        assert service["healthcheck"].get("test") == ours[name]["healthcheck"].get("test")
        assert service["user"] == ours[name]["user"]
        assert service["cap_drop"] == ours[name]["cap_drop"]
