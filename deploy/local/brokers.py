"""The brokers that services need: one whose address is given, else a program of this machine.

They are started as the tests start theirs: the recipes are the same. A broker has no passwords of its own
here, so it listens on the loopback whatever STACK_HOST says.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.services import Service
from deploy.local.settings import Settings
from otelkit.testing.servers import nats, rabbitmq
from otelkit.testing.servers.given import GivenServer
from otelkit.testing.servers.program import program_of
from otelkit.testing.servers.recipe import Recipe
from otelkit.testing.servers.server import Server, ServerError, UnavailableError
from otelkit.testing.servers.sources import given_variable, open_server

HOST = "127.0.0.1"
BROKERS: Mapping[str, Recipe] = {recipe.name: recipe for recipe in (nats.RECIPE, rabbitmq.RECIPE)}


@dataclass(frozen=True)
class Broker:
    """One broker that there is; `program` is what has to be started, None when its address was given."""

    recipe: Recipe
    url: str
    program: Path | None
    folder: Path

    @property
    def variable(self) -> str:
        """What services read its address from."""
        return self.recipe.variables[0]


def find_brokers(
    settings: Settings,
    services: Iterable[Service],
    environ: Mapping[str, str] = os.environ,
    say: Callable[[str], None] = print,
) -> dict[str, Broker]:
    """Find or install what the services need, and say what is given and what is missing.

    Raises StackError when an address is given and nothing is there.
    """
    found = {}
    for name in dict.fromkeys(service.broker for service in services if service.broker):
        try:
            found[name] = _find(settings, BROKERS[name], environ, say)
        except UnavailableError as missing:
            left_out = ", ".join(service.name for service in services if service.broker == name)
            say(f"  {left_out}: left out; {missing}, or give the address of one: {_variables(name)}=...")
    return found


def open_broker(service: Service, say: Callable[[str], None] = print) -> Server:
    """Give the broker of one service run alone, from wherever a test would take it; to be stopped.

    Raises StackError that says where it was looked for.
    """
    try:
        server = open_server(BROKERS[service.broker], say=lambda line: say(f"{service.broker}: {line}"))
    except ServerError as error:
        raise StackError(f"{service.name} needs {service.broker}: {error}") from None
    say(f"{service.broker}: {server.source}, port {server.port}")
    return server


def _find(
    settings: Settings, recipe: Recipe, environ: Mapping[str, str], say: Callable[[str], None]
) -> Broker:
    folder = settings.state_dir / recipe.name
    variable = given_variable(recipe, environ)
    if variable is not None:
        try:
            given = GivenServer(recipe, variable, environ[variable].strip())
        except ServerError as error:
            raise StackError(str(error)) from None
        say(f"  {recipe.name}: none is started; that of {given.source} is used")
        return Broker(recipe, given.url, None, folder)
    program = program_of(recipe, environ, lambda line: say(f"  {recipe.name}: {line}"))
    return Broker(recipe, recipe.url(HOST, settings.ports[f"{recipe.name.upper()}_PORT"]), program, folder)


def _variables(name: str) -> str:
    return " or ".join(BROKERS[name].variables)
