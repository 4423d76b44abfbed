"""Where a server comes from, and what is said when it comes from nowhere."""

import os
import pwd
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest

from otelkit.testing.servers.given import GivenServer
from otelkit.testing.servers.process import ProcessServer
from otelkit.testing.servers.program import find_program, program_of
from otelkit.testing.servers.recipe import Recipe
from otelkit.testing.servers.redis import RECIPE as REDIS
from otelkit.testing.servers.server import Server, ServerError, UnavailableError
from otelkit.testing.servers.sources import open_server

SERVE = "import http.server as h, sys; h.test(h.SimpleHTTPRequestHandler, port=int(sys.argv[1]))"
NO_INSTALLATION = {"PATH": "", "INSTALL": "0"}


class Web(Recipe):
    """Python's own web server, as a user who is nobody."""

    name, variables = "web", ("WEB_URL",)
    image, port = "none", 80
    program, package = "otelkit-web", "otelkit-web"
    user = "nobody"

    def url(self, host: str, port: int) -> str:
        return f"http://{host}:{port}"

    def command(self, program: Path, folder: Path, port: int) -> Sequence[str]:
        return [str(program), "-c", SERVE, str(port)]

    def preparation(self, program: Path, folder: Path) -> Sequence[Sequence[str]]:
        return [["/bin/sh", "-c", "id -un > user"]]


class Broken(Web):
    def command(self, program: Path, folder: Path, port: int) -> Sequence[str]:
        return ["/bin/sh", "-c", "echo no such option; exit 3"]


def test_given_address_is_used_as_it_is(redis_server: Server) -> None:
    with open_server(REDIS, {"REDIS_URL": redis_server.url}) as server:
        assert (server.url, type(server)) == (redis_server.url, GivenServer)
        assert "REDIS_URL" in server.source


def test_given_server_is_not_ours_to_kill(redis_server: Server) -> None:
    with (
        open_server(REDIS, {"REDIS_URL": redis_server.url}) as server,
        pytest.raises(ServerError, match="own_redis_server"),
    ):
        server.kill()


@pytest.mark.parametrize("also", ["127.0.0.1:{port}", "redis://127.0.0.1:{port}/0"])
def test_one_of_several_given_addresses_has_to_answer(redis_server: Server, also: str) -> None:
    urls = f"redis://127.0.0.1:1,{also.format(port=redis_server.port)}"

    with open_server(REDIS, {"REDIS_URL": urls}) as server:
        assert (server.url, server.port) == (urls, redis_server.port)


@pytest.mark.parametrize(
    "url",
    [
        "redis",
        "redis://:pass-4711@127.0.0.1:99999",
        "redis://:pass-4711@127.0.0.1:1",
        "redis://:pass-4711@127.0.0.1:1,redis://:pass-4711@127.0.0.1:99999",
    ],
)
def test_wrong_address_is_an_error_that_names_the_variable_and_no_password(url: str) -> None:
    with pytest.raises(ServerError, match="REDIS_URL") as caught:
        open_server(REDIS, {"REDIS_URL": url})

    assert "pass-4711" not in str(caught.value)


def test_missing_server_is_an_error_that_names_variable_engine_and_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")

    with pytest.raises(ServerError, match=r"WEB_URL.*127\.0\.0\.1:1.*system package otelkit-web"):
        open_server(Web(), NO_INSTALLATION)


def test_package_that_may_not_be_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="install the system package otelkit-web"):
        program_of(Web(), NO_INSTALLATION, print)


def test_newest_version_in_the_packages_folders_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("9", "15", "17"):
        program = tmp_path / version / "otelkit-web"
        program.parent.mkdir()
        program.touch(0o755 if version != "17" else 0o644)
    monkeypatch.setattr(Web, "folders", (f"{tmp_path}/*",))

    assert find_program(Web(), NO_INSTALLATION) == tmp_path / "15" / "otelkit-web"


def test_program_runs_as_its_own_user_on_a_folder_prepared_by_that_user() -> None:
    me = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    with (
        ProcessServer(Web(), Path("/usr/bin/python3")) as server,
        urllib.request.urlopen(f"{server.url}/user", timeout=5) as answer,
    ):
        assert answer.read().decode().strip() == me


def test_program_that_ends_at_once_is_an_error_with_what_it_said() -> None:
    with pytest.raises(ServerError, match="ended instead of serving: no such option"):
        ProcessServer(Broken(), Path(sys.executable))


def test_test_without_its_server_fails_and_is_skipped_only_when_allowed(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile("def test_it(redis_server): ...")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1")

    failed = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:asyncio")
    monkeypatch.setenv("ALLOW_MISSING_BROKERS", "1")
    skipped = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:asyncio")

    failed.assert_outcomes(errors=1)
    failed.stdout.fnmatch_lines(["*REDIS_URL: 127.0.0.1:1 accepts no*", "*ALLOW_MISSING_BROKERS=1*"])
    skipped.assert_outcomes(skipped=1)


def test_source_is_printed(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, redis_server: Server
) -> None:
    pytester.makepyfile("def test_it(redis_server): ...")
    monkeypatch.setenv("REDIS_URL", redis_server.url)

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:asyncio")

    result.stdout.fnmatch_lines([f"*redis: REDIS_URL (127.0.0.1:{redis_server.port})*"])
