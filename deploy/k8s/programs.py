"""Programs that a cluster on this machine needs: found, or one line that says how to get them."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deploy.k8s.errors import ClusterError

REMEDIES = {
    "docker": "install Docker (docs.docker.com/engine/install) and start it",
    "kind": "install kind 0.24 or newer: `go install sigs.k8s.io/kind@latest`, or kind.sigs.k8s.io",
    "kubectl": "install it from kubernetes.io/docs/tasks/tools",
}
WAIT_SECONDS = 1800


@dataclass(frozen=True)
class Programs:
    """Runs programs, whose output is the person's to see; `environ` is theirs."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def require(self, *names: str) -> None:
        """Raise ClusterError that names every program which is missing, with its remedy."""
        missing = [name for name in names if shutil.which(name, path=self.environ.get("PATH")) is None]
        if missing:
            said = "; ".join(f"there is no {name} on PATH: {REMEDIES[name]}" for name in missing)
            raise ClusterError(f"{said}. `make k8s-validate` needs none of them")

    def run(self, *command: str, text: str | None = None) -> None:
        """Run to the end; `text` goes to its standard input. Raises ClusterError when it fails."""
        done = subprocess.run(
            self._found(command), input=text, text=True, env=self.environ, check=False, timeout=WAIT_SECONDS
        )
        if done.returncode:
            raise ClusterError(f"{' '.join(command)} ended with {done.returncode}; what it said is above")

    def read(self, *command: str) -> str:
        """Give what a program prints. Raises ClusterError when it fails."""
        done = subprocess.run(
            self._found(command),
            capture_output=True,
            text=True,
            env=self.environ,
            check=False,
            timeout=WAIT_SECONDS,
        )
        if done.returncode:
            raise ClusterError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def _found(self, command: Sequence[str]) -> list[str]:
        program = shutil.which(command[0], path=self.environ.get("PATH"))
        return [program or command[0], *command[1:]]
