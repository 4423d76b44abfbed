"""A server that somebody else runs, by its address in the environment."""

from urllib.parse import urlsplit

from otelkit.testing.servers.probing import accepts
from otelkit.testing.servers.recipe import Recipe
from otelkit.testing.servers.server import Server, ServerError


class GivenServer(Server):
    """Raises ServerError when the address is none, or nothing accepts connections there."""

    def __init__(self, recipe: Recipe, variable: str, url: str) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or recipe.port
        except ValueError:
            host = None
        if host is None:  # the value may hold a password: it is not shown
            raise ServerError(f"{variable} is no address: set it as {recipe.url('127.0.0.1', recipe.port)}")
        if not accepts(host, port):
            raise ServerError(
                f"{variable}: {host}:{port} accepts no connection: start it or unset {variable}"
            )
        self.url, self.host, self.port, self.source = url, host, port, f"{variable} ({host}:{port})"
        self._refusal = f"{self.source} is not ours to stop: take own_{recipe.name}_server"

    def kill(self) -> None:
        """Refuse."""
        raise ServerError(self._refusal)

    restart = freeze = thaw = kill

    def tool(self, name: str, *arguments: str) -> str:
        """Refuse."""
        raise ServerError(self._refusal)

    def stop(self) -> None:
        """Leave it running."""
