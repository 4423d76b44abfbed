"""One of Tempo, Loki and Mimir as a process with the file of deploy/backends, on free ports."""

import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

from otelkit.testing.ports import free_port
from tests.compose.programs import program

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "backends"
TENANT = "X-Scope-OrgID"


class BackendProcess:
    """A context manager; asks over HTTP with the tenant's header, or with none for an empty tenant."""

    def __init__(self, name: str, folder: Path, multitenancy: str) -> None:
        self.name, self.otlp_port = name, free_port()
        self._port, self._log = free_port(), folder / "log"
        prefix = name.upper()
        self._environment = {
            "BACKENDS_MULTITENANCY": multitenancy,
            f"{prefix}_PORT": str(self._port),
            f"{prefix}_GRPC_PORT": str(free_port()),
            f"{prefix}_OTLP_GRPC_PORT": str(self.otlp_port),
            f"{prefix}_DATA_DIR": str(folder / "data"),
            "MIMIR_RULES_DIR": str(FOLDER / "tenants"),
        }

    def __enter__(self) -> Self:
        command = [
            str(program(self.name)),
            f"-config.file={FOLDER / self.name}.yaml",
            "-config.expand-env=true",
        ]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def ask(self, path: str, tenant: str, body: bytes | None = None) -> tuple[int, str]:
        """Give status and answer; status 0 while nothing listens."""
        headers = {"Content-Type": "application/json", **tenant_header(tenant)}
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except OSError:
            return 0, ""

    def last_words(self) -> str:
        """Give the end of its log."""
        return self._log.read_text()[-1500:]


def tenant_header(tenant: str) -> dict[str, str]:
    """Give the header that names the tenant."""
    return {TENANT: tenant} if tenant else {}
