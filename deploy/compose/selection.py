"""Which services are started when some images cannot be had: the others, without those that need them."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.compose.images import images_of
from deploy.compose.project import Config

ESSENTIAL = {"collector", "http-fastapi"}
BACKENDS = {"lite": {"viewer"}, "full": {"tempo", "loki", "mimir"}}


@dataclass(frozen=True)
class Selection:
    """What is started, and what is left out for which reason."""

    services: tuple[str, ...]
    left_out: Mapping[str, str]

    def lacks(self, profile: str) -> dict[str, str]:
        """Give what is left out and which the profile cannot do without."""
        needed = ESSENTIAL | BACKENDS[profile]
        return {name: reason for name, reason in self.left_out.items() if name in needed}


def select(config: Config, unavailable: Mapping[str, str]) -> Selection:
    """Leave out the services whose images are unavailable, and then all that depend on them."""
    left_out = {
        name: f"{image} cannot be had ({unavailable[image]})"
        for name in config["services"]
        for image in sorted(images_of(config, name) & unavailable.keys())
    }
    while more := {
        name: f"it needs {needed}"
        for name, service in config["services"].items()
        for needed, condition in service.get("depends_on", {}).items()
        if needed in left_out and condition.get("required", True) and name not in left_out
    }:
        left_out |= more
    return Selection(tuple(name for name in config["services"] if name not in left_out), left_out)
