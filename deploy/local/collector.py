"""The Collector as a part of the local stack: which one is started, and with which files."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from collector.build import build
from collector.cache import find_built
from collector.components import missing_components
from collector.distributions import ALL, VENDORS
from collector.merging import composed_of
from collector.overlays import Overlay
from collector.steps import BuildFailed
from collector.toolchain import NoGo
from deploy.local.backends import collector_environment
from deploy.local.destinations import composed_text, names_of
from deploy.local.errors import StackError
from deploy.local.part import Part
from deploy.local.settings import ROOT, Settings

_BASE_FILE = ROOT / "collector" / "base.yaml"


def build_collector(overlays: Sequence[Overlay]) -> None:
    """Build the one that these overlays take, unless there is no Go: then `up` says so."""
    with suppress(NoGo, BuildFailed):
        if _lacking(overlays, build()):
            build(distribution=VENDORS)


def find_collector(overlays: Sequence[Overlay]) -> Path | None:
    """Give the smallest that is built and has all they take; None when none is built.

    Raises StackError when those that are built lack something.
    """
    built = {distribution.name: find_built(distribution=distribution) for distribution in ALL}
    lacking: list[str] = []
    for binary in filter(None, built.values()):
        lacking = _lacking(overlays, binary)
        if not lacking:
            return binary
    if not lacking:
        return None
    need = f"TO={names_of(overlays)} takes {', '.join(lacking)}"
    if built[VENDORS.name] is None:
        raise StackError(f"{need}: the larger Collector may have it: make collector VENDORS=1")
    raise StackError(f"{need}: no Collector built here has that, the image of Compose has (STACK=compose)")


def plan_collector(settings: Settings, binary: Path) -> Part:
    """Describe its process. Of several overlays one file is made, which is written here."""
    names = ("GRPC_PORT", "HTTP_PORT", "HEALTH_PORT", "METRICS_PORT")
    ports = settings.pick(*(f"COLLECTOR_{name}" for name in names))
    return Part(
        name="collector",
        runs_as=f"OpenTelemetry Collector, to {names_of(settings.overlays)}",
        command=(
            str(binary),
            *(f"--config={file}" for file in _configs(settings)),
            *(argument for one in settings.overlays for argument in one.arguments()),
        ),
        ports=ports,
        address=f"{settings.reach}:{ports['COLLECTOR_GRPC_PORT']}",
        health_url=settings.url("COLLECTOR_HEALTH_PORT", "/"),
        environment={
            **{name: str(port) for name, port in ports.items()},
            "TO": names_of(settings.overlays),
            "COLLECTOR_HOST": settings.host,
            "COLLECTOR_STORAGE_DIR": str(settings.state_dir / "collector-storage"),
            **collector_environment(settings),
        },
    )


def _configs(settings: Settings) -> list[Path]:
    if len(settings.overlays) == 1:
        return [_BASE_FILE, settings.overlays[0].file]
    merged = settings.state_dir / "collector.yaml"
    merged.write_text(composed_text(settings.overlays), encoding="utf-8")
    return [merged]


def _lacking(overlays: Sequence[Overlay], binary: Path) -> list[str]:
    return [name for _, name in missing_components(composed_of(overlays), binary)]
