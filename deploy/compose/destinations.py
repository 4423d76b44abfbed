"""What `TO` changes in containers: the Collector's configuration, and which variables reach it.

Both are in a file of Compose in the state folder, merged over the others as long as it is there. It has the
names of variables; Compose takes their values from where it is called, so that no key is written anywhere.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from collector.overlays import Overlay
from deploy.local.destinations import composed_text, names_of
from deploy.local.errors import StackError

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
MERGED = "to"  # in place of the profile's overlay: /etc/otelcol/to.yaml
PROFILES = {"viewer": "lite", "grafana": "full"}


def override_file(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Give the file that `make up TO=...` wrote, if one is there."""
    file = _file(environ)
    return file if file.is_file() else None


def write_override(overlays: Sequence[Overlay], environ: Mapping[str, str] = os.environ) -> None:
    """Write it; without overlays take it away. Raises StackError when they cannot be composed."""
    file = _file(environ)
    if not overlays:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    merged = file.with_name("compose-collector.yaml")
    merged.write_text(composed_text(overlays), encoding="utf-8")
    merged.chmod(0o644)  # read by the Collector's own user; it has no secret
    file.write_text(yaml.safe_dump(_override(overlays, merged, environ), sort_keys=False), encoding="utf-8")


def needed_profile(overlays: Sequence[Overlay], wanted: Sequence[str]) -> str:
    """Give the profile that has the backends named, empty for any. Raises StackError when none has."""
    needed = {PROFILES[one.name] for one in overlays if one.name in PROFILES}
    if len(needed) > 1:
        raise StackError("TO names viewer and grafana: in containers there is one or the other")
    if needed and set(wanted) & (set(PROFILES.values()) - needed):
        raise StackError(f"TO={names_of(overlays)} needs PROFILE={', '.join(needed)}, or none")
    return next(iter(needed), "")


def _override(overlays: Sequence[Overlay], merged: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    ours = yaml.safe_load((FOLDER / "collector.yaml").read_text(encoding="utf-8"))["services"]["collector"]
    passed = {name for one in overlays for name in one.variables()} - set(ours["environment"])
    # Compose: a name without a value has that of the shell, and is not set where it has none there.
    environment: dict[str, str | None] = dict.fromkeys(sorted(passed))
    volumes = [f"{merged}:/etc/otelcol/{MERGED}.yaml:ro"]
    for name in sorted(passed):
        if name.endswith("_FILE") and environ.get(name):
            environment[name] = f"/run/secrets/{name}"
            volumes.append(f"{Path(environ[name]).absolute()}:/run/secrets/{name}:ro")
    # A list of Compose's takes the place of the one before.
    command = [*ours["command"], *(argument for one in overlays for argument in one.arguments())]
    collector = {"environment": environment | {"TO": names_of(overlays)}, "volumes": volumes}
    return {"services": {"collector": {**collector, "command": command}}}


def _file(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("STATE_DIR") or ROOT / ".run").absolute() / "compose-to.yaml"
