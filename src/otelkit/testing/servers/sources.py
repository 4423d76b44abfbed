"""One server from the first source that has it: a given address, a container, a program."""

import os
from collections.abc import Callable, Mapping

from otelkit.testing.servers.container import ContainerServer
from otelkit.testing.servers.given import GivenServer
from otelkit.testing.servers.process import ProcessServer
from otelkit.testing.servers.program import program_of
from otelkit.testing.servers.recipe import Recipe
from otelkit.testing.servers.server import Server, ServerError, UnavailableError


def open_server(
    recipe: Recipe,
    environ: Mapping[str, str] = os.environ,
    *,
    own: bool = False,
    say: Callable[[str], None] = print,
) -> Server:
    """Give a server that serves; `own` is one started here, which may be killed.

    Raises ServerError when a source that should have one does not work, or no source has one: then with
    every reason.
    """
    variable = given_variable(recipe, environ)
    if variable is not None and not own:
        return GivenServer(recipe, variable, environ[variable].strip())
    reasons = [
        f"none of {', '.join(recipe.variables)} is set"
        if variable is None
        else f"{variable} is not ours to stop"
    ]
    sources: list[Callable[[], Server]] = [
        lambda: ContainerServer(recipe),
        lambda: ProcessServer(recipe, program_of(recipe, environ, say)),
    ]
    for source in sources:
        try:
            return source()
        except UnavailableError as error:
            reasons.append(str(error))
    raise ServerError(f"there is no {recipe.name}: " + "; ".join(reasons))


def given_variable(recipe: Recipe, environ: Mapping[str, str]) -> str | None:
    """Name the variable that holds the address of a server to use, if one does."""
    return next((name for name in recipe.variables if environ.get(name, "").strip()), None)
