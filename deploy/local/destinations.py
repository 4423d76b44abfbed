"""`TO=grafana,datadog`: where the Collector sends, by the names of its overlays; read for every way to run.

Without it, to the backend that the stack brings itself.
"""

import os
from collections.abc import Mapping, Sequence

from collector.merging import merged_text
from collector.overlays import Overlay, OverlayError, find_overlays, missing_variables
from collector.toolchain import FOLDER
from deploy.local.errors import StackError

ROOT = FOLDER.parent
# What the stack says about its own backend: an overlay that reads none of these sends elsewhere.
OWN = {"COLLECTOR_TO_VIEWER_ENDPOINT", "COLLECTOR_TO_TEMPO_ENDPOINT"}


def read_destinations(environ: Mapping[str, str] = os.environ) -> tuple[Overlay, ...]:
    """Read TO; empty when it is not set. Raises StackError that names the overlays there are."""
    names = [name.strip() for name in environ.get("TO", "").split(",") if name.strip()]
    try:
        return tuple(find_overlays(names))
    except OverlayError as error:
        raise StackError(f"TO={environ['TO']!r}: {error}") from None


def check_needs(overlays: Sequence[Overlay], environ: Mapping[str, str] = os.environ) -> None:
    """Raise StackError that names what an overlay needs and what is not set, or what cannot be composed."""
    composed_text(overlays)
    for overlay in overlays:
        missing = missing_variables(overlay, environ)
        if missing:
            page = next((f" ({page} says more)" for page in _pages(overlay) if (ROOT / page).is_file()), "")
            raise StackError(f"TO={overlay.name} needs {', '.join(missing)}, not set: export it first{page}")


def _pages(overlay: Overlay) -> tuple[str, str]:
    return f"docs/send-to/{overlay.name}.md", f"docs/{overlay.name}.md"


def is_fed(overlays: Sequence[Overlay]) -> bool:
    """Say whether the backend that the stack brings gets anything."""
    return any(overlay.variables() & OWN for overlay in overlays)


def samples(overlays: Sequence[Overlay]) -> bool:
    """Say whether one of them keeps only some traces."""
    return any("sampl" in name for one in overlays for name in one.read().get("processors") or {})


def names_of(overlays: Sequence[Overlay]) -> str:
    """Give the names as TO has them."""
    return ",".join(map(str, overlays))


def composed_text(overlays: Sequence[Overlay]) -> str:
    """Give one configuration for them all. Raises StackError that names what cannot be composed."""
    try:
        return merged_text(overlays)
    except OverlayError as error:
        raise StackError(f"TO={names_of(overlays)}: {error}") from None
