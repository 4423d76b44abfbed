"""MariaDB: MARIADB_URL, else the image, else mariadbd."""

from collections.abc import Sequence
from pathlib import Path

from typing_extensions import override

from otelkit.testing.servers.probing import first_answer
from otelkit.testing.servers.recipe import Recipe

_PROTOCOL_10 = 4  # where the first packet says the protocol's version, or that it is an error


class MariaDB(Recipe):
    """Database `mysql` of a server whose root has no password."""

    name = "mariadb"
    variables = ("MARIADB_URL",)
    image = "mariadb:11.8"
    port = 3306
    container_environment = {"MARIADB_ALLOW_EMPTY_ROOT_PASSWORD": "1"}  # noqa: RUF012 - Recipe says ClassVar
    program = "mariadbd"
    package = "mariadb-server"
    user = "mysql"
    start_seconds = 60.0

    @override
    def url(self, host: str, port: int) -> str:
        return f"mariadb://root@{host}:{port}/mysql"

    @override
    def preparation(self, program: Path, folder: Path) -> Sequence[Sequence[str]]:
        options = ["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]
        return [["mariadb-install-db", *options, f"--datadir={folder / 'data'}"]]

    @override
    def command(self, program: Path, folder: Path, port: int) -> Sequence[str]:
        files = [f"--{name}={folder / name}" for name in ("socket", "pid-file")]
        where = ["--bind-address=127.0.0.1", f"--port={port}", "--skip-name-resolve"]
        return [str(program), "--no-defaults", f"--datadir={folder / 'data'}", *where, *files]

    @override
    def is_ready(self, host: str, port: int) -> bool:
        return first_answer(host, port)[_PROTOCOL_10:].startswith(b"\x0a")


RECIPE = MariaDB()
