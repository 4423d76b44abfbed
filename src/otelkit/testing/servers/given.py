"""A server that somebody else runs, by its address in the environment; of several one has to answer."""

from urllib.parse import urlsplit

from otelkit.testing.servers.probing import accepts
from otelkit.testing.servers.recipe import Recipe
from otelkit.testing.servers.server import Server, ServerError


class GivenServer(Server):
    """Raises ServerError when the address is none, or nothing accepts connections there."""

    def __init__(self, recipe: Recipe, variable: str, url: str) -> None:
        places = _places(url, recipe.port)
        if not places:  # the value may hold a password: it is not shown
            raise ServerError(f"{variable} is no address: set it as {recipe.url('127.0.0.1', recipe.port)}")
        answering = next((place for place in places if accepts(*place)), None)
        if answering is None:
            named = ", ".join(f"{host}:{port}" for host, port in places)
            raise ServerError(f"{variable}: {named} accepts no connection: start it or unset {variable}")
        host, port = answering
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


def _places(url: str, default_port: int) -> list[tuple[str, int]]:
    """Give host and port of an address, or of each of several (`nats://a,b:4222`); none if one is wrong."""
    if place := _place(url, default_port):
        return [place]
    first, *others = url.split(",")
    urls = [first, *(other if "://" in other else f"//{other}" for other in others)]
    places = [place for place in (_place(url, default_port) for url in urls) if place]
    return places if len(places) == len(urls) else []


def _place(url: str, default_port: int) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or default_port
    except ValueError:
        return None
    return (host, port) if host and "," not in host else None
