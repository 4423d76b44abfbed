"""What has to be known about a kind of server in order to have one: its names, and how it is started.

Subclasses state the class attributes and override the methods that differ; `redis.py` shows how few.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from otelkit.testing.servers.probing import accepts


class Recipe(ABC):
    """One kind of server."""

    name: ClassVar[str]
    # Variables that may hold the address of a server to use; the first that is set wins.
    variables: ClassVar[Sequence[str]]

    image: ClassVar[str]
    port: ClassVar[int]  # where it listens in its container, and where an address without a port means
    container_environment: ClassVar[Mapping[str, str]] = {}
    container_command: ClassVar[Sequence[str]] = ()  # empty: the image's own

    program: ClassVar[str]
    # Where the system's packages put it if not on PATH; patterns may match several versions, the last wins.
    folders: ClassVar[Sequence[str]] = ("/usr/sbin", "/usr/local/sbin")
    package: ClassVar[str]  # Debian's name
    user: ClassVar[str | None] = None  # who runs it when we are root and it refuses to run as root

    start_seconds: ClassVar[float] = 30.0

    @abstractmethod
    def url(self, host: str, port: int) -> str:
        """Give the address of a server that was started here, as clients take it."""

    @abstractmethod
    def command(self, program: Path, folder: Path, port: int) -> Sequence[str]:
        """Give the command that serves in the foreground, on 127.0.0.1, with its store in `folder`."""

    def preparation(self, program: Path, folder: Path) -> Sequence[Sequence[str]]:
        """Give commands to run once, in order, in the still empty `folder`."""
        del program, folder
        return ()

    def environment(self, folder: Path, port: int) -> Mapping[str, str]:
        """Give variables for the program, on top of PATH, HOME (the folder) and LANG."""
        del folder, port
        return {}

    def more_ports(self, port: int) -> Sequence[int]:
        """Give the other ports that it listens on when it is started here on `port`."""
        del port
        return ()

    def tool(self, program: Path, name: str) -> Path:
        """Give the path of a program that comes with the server, for `Server.tool`."""
        return program.with_name(name)

    def is_ready(self, host: str, port: int) -> bool:
        """Say whether it serves now; asked again until it does. By default: it accepts a connection."""
        return accepts(host, port)
