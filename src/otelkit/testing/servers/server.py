"""A running server as a test sees it, whatever it runs in."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Self

_POLL_SECONDS = 0.02


class ServerError(Exception):
    """A server that should be there is not, or cannot do what was asked; the message says the remedy."""


class UnavailableError(ServerError):
    """One source cannot give this server; another one may."""


class Server(ABC):
    """Serves until `stop`; also a context manager."""

    url: str  # as clients take it
    host: str
    port: int
    source: str  # where it came from, for people

    @abstractmethod
    def kill(self) -> None:
        """End it with SIGKILL; what it had written stays. Raises ServerError when it is not ours."""

    @abstractmethod
    def restart(self) -> None:
        """Start it on the same store and port after `kill`, and wait until it is ready."""

    @abstractmethod
    def freeze(self) -> None:
        """Stop it from doing anything while its connections stay open. Raises as `kill`."""

    @abstractmethod
    def thaw(self) -> None:
        """Let it go on after `freeze`."""

    @abstractmethod
    def tool(self, name: str, *arguments: str) -> str:
        """Run a program that comes with the server (`rabbitmqctl`) against it; gives what it prints.

        Raises ServerError when it fails, or as `kill`.
        """

    @abstractmethod
    def stop(self) -> None:
        """End it and forget its store; a given server goes on."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def wait_until_ready(
    ready: Callable[[], bool], alive: Callable[[], bool], timeout_seconds: float, explain: Callable[[], str]
) -> None:
    """Return as soon as it is ready. Raises ServerError with `explain()` after its end or the timeout."""
    deadline = time.monotonic() + timeout_seconds
    while not ready():
        if not alive():
            raise ServerError(f"it ended instead of serving: {explain()}")
        if time.monotonic() > deadline:
            raise ServerError(f"it does not serve after {timeout_seconds:g} s: {explain()}")
        time.sleep(_POLL_SECONDS)
