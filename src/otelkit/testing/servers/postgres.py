"""PostgreSQL: POSTGRES_URL, else the image, else the program that the system's packages put aside PATH.

It refuses to run as root. Nothing is synced to the disk: what a killed process wrote the kernel still has,
and only a machine that loses power would lose it.
"""

import struct
from collections.abc import Sequence
from pathlib import Path

from typing_extensions import override

from otelkit.testing.servers.probing import first_answer
from otelkit.testing.servers.recipe import Recipe

_OPTIONS = ("fsync=off", "full_page_writes=off", "max_connections=200")
# The protocol's StartupMessage; a server that is still starting or recovering answers with an error.
_BODY = struct.pack(">i", 196608) + b"user\0postgres\0database\0postgres\0\0"
_STARTUP = struct.pack(">i", len(_BODY) + 4) + _BODY


class Postgres(Recipe):
    """Database `postgres` of a server that trusts its superuser `postgres`."""

    name = "postgres"
    variables = ("POSTGRES_URL",)
    image = "postgres:18"
    port = 5432
    container_environment = {"POSTGRES_HOST_AUTH_METHOD": "trust"}  # noqa: RUF012 - Recipe says ClassVar
    container_command = ("postgres", *(part for option in _OPTIONS for part in ("-c", option)))
    program = "postgres"
    folders = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
    package = "postgresql"
    user = "postgres"

    @override
    def url(self, host: str, port: int) -> str:
        return f"postgresql://postgres@{host}:{port}/postgres"

    @override
    def preparation(self, program: Path, folder: Path) -> Sequence[Sequence[str]]:
        initdb = str(program.resolve().with_name("initdb"))
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        return [[initdb, "-D", str(folder / "data"), *options]]

    @override
    def command(self, program: Path, folder: Path, port: int) -> Sequence[str]:
        here = ["listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}"]
        options = [part for option in (*here, *_OPTIONS) for part in ("-c", option)]
        return [str(program), "-D", str(folder / "data"), *options]

    @override
    def is_ready(self, host: str, port: int) -> bool:
        return first_answer(host, port, _STARTUP).startswith(b"R")


RECIPE = Postgres()
