"""A server in a container: testcontainers' generic one, on a port that stays after a restart.

Docker publishes on another free port each time that a container starts, so we choose the port.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from otelkit.testing.ports import free_port
from otelkit.testing.servers.engine import require_engine
from otelkit.testing.servers.recipe import Recipe
from otelkit.testing.servers.server import Server, ServerError, UnavailableError, wait_until_ready

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer


class ContainerServer(Server):
    """Started on construction. Raises UnavailableError without an engine, or when it does not serve."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._container = _container_of(recipe)
        client = self._container.get_docker_client()
        self.host, self.port = client.host(), free_port()
        self._is_there = True
        # On the loopback where that is ours; a remote engine has to publish it to us.
        published: Any = self.port
        if self.host in ("localhost", "127.0.0.1"):
            self.host = "127.0.0.1"  # not localhost, which may be ::1 first
            published = (self.host, self.port)
        self._container.ports[f"{recipe.port}/tcp"] = published
        self.source, self.url = f"container of {recipe.image}", recipe.url(self.host, self.port)
        try:
            self._container.start()
            self._wait()
        except Exception as error:
            self.stop()
            raise UnavailableError(f"{self.source}: {error}") from error
        except BaseException:
            self.stop()
            raise

    def kill(self) -> None:
        """End it with SIGKILL."""
        self._wrapped.kill(signal="SIGKILL")
        self._wrapped.wait()

    def restart(self) -> None:
        """Start the same container again."""
        self._wrapped.start()
        self._wait()

    def freeze(self) -> None:
        """Pause the container."""
        if not self._is_running():
            raise ServerError(f"{self._recipe.name} is not running: restart it first")
        self._wrapped.pause()

    def thaw(self) -> None:
        """Unpause the container."""
        self._wrapped.unpause()

    def tool(self, name: str, *arguments: str) -> str:
        """Run it inside the container."""
        code, output = self._wrapped.exec_run([name, *arguments])
        text = str(output.decode(errors="replace"))
        if code != 0:
            raise ServerError(f"{name} failed: {text}")
        return text

    def stop(self) -> None:
        """Remove the container with its volumes; a second call does nothing."""
        if self._is_there:
            self._is_there = False
            self._container.stop()

    @property
    def _wrapped(self) -> Any:  # docker has no types
        return self._container.get_wrapped_container()

    def _wait(self) -> None:
        wait_until_ready(
            lambda: self._recipe.is_ready(self.host, self.port),
            self._is_running,
            self._recipe.start_seconds,
            lambda: self._wrapped.logs(tail=20).decode(errors="replace"),
        )

    def _is_running(self) -> bool:
        self._wrapped.reload()
        return bool(self._wrapped.status == "running")


def _container_of(recipe: Recipe) -> "DockerContainer":
    require_engine()
    container: DockerContainer = import_module("testcontainers.core.container").DockerContainer(
        recipe.image, env=dict(recipe.container_environment)
    )
    if recipe.container_command:
        container.with_command(list(recipe.container_command))
    return container
