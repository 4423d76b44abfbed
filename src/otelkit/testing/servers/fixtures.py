"""Fixtures of one kind of server: `NAME_server`, shared by all tests of a run, and `own_NAME_server`."""

import os
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from otelkit.testing.servers.server import Server


def server_fixtures(name: str) -> tuple[Any, Any]:
    """Give both fixtures of the recipe in `otelkit.testing.servers.NAME`, which loads on first use."""

    @pytest.fixture(scope="session", name=f"{name}_server")
    def shared(request: pytest.FixtureRequest) -> "Iterator[Server]":
        yield from _serve(request.config, name, own=False)

    @pytest.fixture(name=f"own_{name}_server")
    def own(request: pytest.FixtureRequest) -> "Iterator[Server]":
        yield from _serve(request.config, name, own=True)

    return shared, own


def _serve(config: pytest.Config, name: str, *, own: bool) -> "Iterator[Server]":
    from otelkit.testing.servers.server import ServerError  # noqa: PLC0415 - only when asked for
    from otelkit.testing.servers.sources import open_server  # noqa: PLC0415 - only when asked for

    def say(line: str) -> None:
        _say(config, f"{name}: {line}")

    recipe = import_module(f"otelkit.testing.servers.{name}").RECIPE
    try:
        server = open_server(recipe, own=own, say=say)
    except ServerError as error:
        if os.environ.get("ALLOW_MISSING_BROKERS") == "1":
            pytest.skip(str(error))
        pytest.fail(f"{error}\nALLOW_MISSING_BROKERS=1 skips such tests", pytrace=False)
    with server:
        say(f"{server.source}, port {server.port}")
        yield server


def _say(config: pytest.Config, line: str) -> None:
    """Write past the capture, at once: an installation takes a while."""
    capture = config.pluginmanager.get_plugin("capturemanager")
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if capture is None or reporter is None:
        return
    with capture.global_and_fixture_disabled():
        reporter.ensure_newline()
        reporter.write_line(line)
