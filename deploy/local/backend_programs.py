"""Tempo, Loki and Mimir as programs of this machine: TEMPO_BIN, LOKI_BIN and MIMIR_BIN name them.

Where they do, they take the viewer's place; GRAFANA_BIN, with GRAFANA_HOME, adds Grafana.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from deploy.local.errors import StackError

LGTM = ("tempo", "loki", "mimir")
VIEWER_PORTS = {"VIEWER_PORT": 3000, "VIEWER_OTLP_GRPC_PORT": 14317, "VIEWER_OTLP_HTTP_PORT": 14318}
LGTM_PORTS = {
    "TEMPO_PORT": 3200,
    "TEMPO_OTLP_GRPC_PORT": 14317,
    "TEMPO_GRPC_PORT": 9095,
    "LOKI_PORT": 3100,
    "LOKI_GRPC_PORT": 9096,
    "MIMIR_PORT": 9009,
    "MIMIR_GRPC_PORT": 9097,
}
GRAFANA_PORTS = {"GRAFANA_PORT": 3000}


def find_programs(environ: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """Give the programs by the backend's name; none of them means the viewer.

    Raises StackError when one is missing or cannot be run.
    """
    given = {name: _program(name, environ) for name in (*LGTM, "grafana") if environ.get(_variable(name))}
    missing = [_variable(name) for name in LGTM if name not in given]
    if given and missing:
        found = ", ".join(_variable(name) for name in given)
        raise StackError(f"{found} given, but not {' and '.join(missing)}: give all three, or none")
    return given


def ports_of(programs: Mapping[str, Path]) -> dict[str, int]:
    """Give the default ports of these programs, or of the viewer, by the name of the setting."""
    if not programs:
        return VIEWER_PORTS
    return LGTM_PORTS | (GRAFANA_PORTS if "grafana" in programs else {})


def _program(name: str, environ: Mapping[str, str]) -> Path:
    path = Path(environ[_variable(name)]).absolute()
    if not path.is_file() or not os.access(path, os.X_OK):
        raise StackError(f"{_variable(name)}={str(path)!r} is no program that can be run")
    return path


def _variable(name: str) -> str:
    return f"{name.upper()}_BIN"
