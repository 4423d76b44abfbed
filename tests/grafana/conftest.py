"""promtool: PROMTOOL_BIN, else on PATH, else of Debian's package prometheus."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typing_extensions import override

from otelkit.testing.servers.program import program_of
from otelkit.testing.servers.recipe import Recipe

SECONDS = 60
Promtool = Callable[..., "subprocess.CompletedProcess[str]"]


class _Promtool(Recipe):
    """Not a server; found and installed like the program of one."""

    name = program = "promtool"
    package = "prometheus"

    @override
    def url(self, host: str, port: int) -> str:
        return ""

    @override
    def command(self, program: Path, folder: Path, port: int) -> list[str]:
        return [str(program)]


@pytest.fixture(scope="session")
def promtool() -> Promtool:
    given = os.environ.get("PROMTOOL_BIN", "").strip()
    program = Path(given) if given else program_of(_Promtool(), os.environ, print)

    def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
        command = [str(program), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)

    return run
