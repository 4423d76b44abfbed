"""Where a built Collector lies: outside the tree, under a name made of everything that went into it.

`${XDG_CACHE_HOME:-~/.cache}/otelkit/collector/<inputs>-<go version>/otelcol`. Other inputs or
another Go are another name, so a stale Collector is never run; clones share one.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from collector.distributions import BASE, Distribution


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Give the folder that holds every built Collector of this user."""
    base = environ.get("XDG_CACHE_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".cache")
    return Path(base) / "otelkit" / "collector"


def inputs_key(distribution: Distribution = BASE) -> str:
    """Hash the committed inputs of the build."""
    digest = hashlib.sha256()
    for path in distribution.inputs():
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def binary_path(
    go_version: str, environ: Mapping[str, str] = os.environ, distribution: Distribution = BASE
) -> Path:
    """Give the path of the Collector that this Go builds from the committed inputs."""
    return cache_folder(environ) / f"{inputs_key(distribution)}-{go_version}" / "otelcol"


def find_built(environ: Mapping[str, str] = os.environ, distribution: Distribution = BASE) -> Path | None:
    """Find a Collector built from the committed inputs by any Go: it runs also when Go is gone."""
    built = sorted(cache_folder(environ).glob(f"{inputs_key(distribution)}-*/otelcol"))
    return built[-1] if built else None
