"""Renders a folder of manifests with kustomize, which Go builds once and keeps outside the tree.

`${XDG_CACHE_HOME:-~/.cache}/otelkit/kustomize/<version>-<go version>/kustomize`; the same version for
everybody, so that everybody renders the same.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from collector.cache import cache_folder
from collector.steps import BuildFailed, Step, run_step
from collector.toolchain import Go, NoGo, build_environment, find_go
from deploy.k8s.errors import ClusterError

VERSION = "v5.8.2"
MODULE = f"sigs.k8s.io/kustomize/kustomize/v5@{VERSION}"
RENDER_SECONDS = 60


def find_kustomize(environ: Mapping[str, str] = os.environ) -> Path:
    """Give kustomize, built by Go unless it is in the cache. Raises ClusterError."""
    try:
        go = find_go(environ)
        program = program_path(go, environ)
        if not program.exists():
            _install(go, program, environ)
    except (NoGo, BuildFailed) as error:
        raise ClusterError(f"kustomize, which renders the manifests, is built by Go: {error}") from None
    return program


def program_path(go: Go, environ: Mapping[str, str]) -> Path:
    """Give the path of the kustomize that this Go builds."""
    return cache_folder(environ).parent / "kustomize" / f"{VERSION}-{go.version}" / "kustomize"


def render(program: Path, folder: Path) -> str:
    """Render a folder to YAML documents. Raises ClusterError with kustomize's own words."""
    done = subprocess.run(
        [program, "build", folder], capture_output=True, text=True, check=False, timeout=RENDER_SECONDS
    )
    if done.returncode:
        raise ClusterError(f"{folder} cannot be rendered: {done.stderr.strip()}")
    return done.stdout


def _install(go: Go, program: Path, environ: Mapping[str, str]) -> None:
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="building-", dir=program.parent) as folder:
        command = [go.program, "install", "-trimpath", MODULE]
        step = Step("build kustomize", command, Path(folder), {"GOBIN": folder})
        run_step(step, build_environment(environ), _say)
        (Path(folder) / "kustomize").replace(program)  # atomic, whoever else builds it


def _say(line: str) -> None:
    print(f"kustomize: {line}", file=sys.stderr, flush=True)
