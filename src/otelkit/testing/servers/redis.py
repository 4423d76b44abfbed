"""Redis: REDIS_URL, else the image, else redis-server, which keeps every write in an append-only file."""

from collections.abc import Sequence
from pathlib import Path

from otelkit.testing.servers.probing import first_answer
from otelkit.testing.servers.recipe import Recipe

_DURABLE = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")


class Redis(Recipe):
    """Database 0 of a server without a password."""

    name = "redis"
    variables = ("REDIS_URL",)
    image = "redis:8.2"
    port = 6379
    container_command = ("redis-server", *_DURABLE)
    program = "redis-server"
    package = "redis-server"

    def url(self, host: str, port: int) -> str:
        """Database 0."""
        return f"redis://{host}:{port}/0"

    def command(self, program: Path, folder: Path, port: int) -> Sequence[str]:
        """Give redis-server with options in place of a configuration file."""
        return [str(program), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), *_DURABLE]

    def is_ready(self, host: str, port: int) -> bool:
        """Ask PING: it answers -LOADING while it reads its file."""
        return first_answer(host, port, b"PING\r\n").startswith(b"+PONG")


RECIPE = Redis()
