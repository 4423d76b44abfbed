"""Files of Go modules in Go's own cache: from there come the schemas of resources that others define.

Versions and sums are pinned here, so nothing has to be copied into this repository, and nothing else is read.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from collector.toolchain import NoGo, build_environment, find_go
from deploy.k8s.errors import ClusterError

DOWNLOAD_SECONDS = 300


@dataclass(frozen=True)
class Module:
    """A module at one version; `total` is the sum by which Go knows its files, as in go.sum."""

    path: str
    version: str
    total: str


PROMETHEUS_OPERATOR = Module(
    "github.com/prometheus-operator/prometheus-operator",
    "v0.85.0",
    "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
)
CERT_MANAGER = Module(
    "github.com/cert-manager/cert-manager",
    "v1.19.1",
    "h1:Txh8L/nLWTDcb7ZnXuXbTe15BxQnLbLirXmbNk0fGgY=",
)
KEDA = Module("github.com/kedacore/keda/v2", "v2.21.0", "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=")


@cache
def module_folder(module: Module) -> Path:
    """Give the folder of a module, downloaded once. Raises ClusterError."""
    wanted = f"{module.path}@{module.version}"
    try:
        answer = _download(find_go().program, wanted, os.environ)
    except NoGo as error:
        raise ClusterError(f"schemas of {wanted} are fetched by Go: {error}") from None
    if answer.get("Sum") != module.total:
        raise ClusterError(
            f"{wanted} has the sum {answer.get('Sum')}, not {module.total}: look at what has changed "
            "upstream before you change deploy/k8s/go_modules.py"
        )
    return Path(answer["Dir"])


def _download(go: str, wanted: str, environ: Mapping[str, str]) -> dict[str, str]:
    command = [go, "mod", "download", "-json", wanted]
    done = subprocess.run(
        command,
        env={**build_environment(environ), "GOSUMDB": "off"},  # the sum is compared with ours instead
        capture_output=True,
        text=True,
        check=False,
        timeout=DOWNLOAD_SECONDS,
    )
    try:
        answer: dict[str, str] = json.loads(done.stdout)
    except ValueError:
        raise ClusterError(f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}") from None
    if "Error" in answer:
        raise ClusterError(f"{wanted} cannot be fetched; is the network there? {answer['Error'][-500:]}")
    return answer
