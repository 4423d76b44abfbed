"""Finding a server's program: on PATH, where the system's packages put it, or installed with apt.

Only root on a Debian-like system installs, says so first, and not with INSTALL=0.
"""

import glob
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from otelkit.testing.servers.recipe import Recipe
from otelkit.testing.servers.server import UnavailableError

_INSTALL_SECONDS = 300
# Packages start their server when installed; with this runlevel invoke-rc.d does not.
_QUIET = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
# Somebody else may be installing: wait for them.
_APT = ("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120")


def program_of(recipe: Recipe, environ: Mapping[str, str], say: Callable[[str], None]) -> Path:
    """Find or install the program. Raises UnavailableError that names the package."""
    found = find_program(recipe, environ)
    if found is None and may_install(environ):
        say(f"installing the system package {recipe.package} (INSTALL=0 forbids it)")
        _install(recipe.package, environ)
        found = find_program(recipe, environ)
    if found is None:
        raise UnavailableError(
            f"{recipe.program} is not installed: install the system package {recipe.package}"
        )
    return found


def find_program(recipe: Recipe, environ: Mapping[str, str]) -> Path | None:
    """Look on PATH, then in the recipe's folders, newest version first."""
    on_path = shutil.which(recipe.program, path=environ.get("PATH", os.defpath))
    if on_path:
        return Path(on_path)
    found = [Path(folder, recipe.program) for pattern in recipe.folders for folder in glob.glob(pattern)]  # noqa: PTH207 - absolute patterns
    return max((path for path in found if os.access(path, os.X_OK)), key=_version, default=None)


def may_install(environ: Mapping[str, str]) -> bool:
    """Say whether we can install and nobody forbade it."""
    return os.geteuid() == 0 and environ.get("INSTALL", "1") != "0" and shutil.which("apt-get") is not None


def _version(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]


def _install(package: str, environ: Mapping[str, str]) -> None:
    for action in (["update"], ["install", "--no-install-recommends", package]):
        try:
            done = subprocess.run(  # noqa: S603 - the package is the recipe's
                [*_APT, *action],
                env={**environ, **_QUIET},
                capture_output=True,
                text=True,
                timeout=_INSTALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UnavailableError(f"apt-get {action[0]} takes over {_INSTALL_SECONDS} s") from None
        if done.returncode != 0 and action[0] == "install":  # an outdated list may do
            raise UnavailableError(f"apt-get cannot install {package}: {done.stderr.strip()[-500:]}")
