"""The real compose file on a real engine: up with a trace read back, status, a failure, and down.

Images that can be had nowhere are left out, as `make up` does it.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.compose.containers import list_containers
from deploy.compose.project import FOLDER
from otelkit.testing.ports import free_port

ROOT = FOLDER.parents[1]
UP_SECONDS = 900  # images are built, and perhaps pulled
PORT = re.compile(r"\$\{(\w+_PORT):-\d+\}")


class Stack:
    """Runs `python -m deploy.stack` as a project of its own, on free ports."""

    def __init__(self, state_dir: Path, name: str) -> None:
        self.name = name
        names = {found for file in FOLDER.glob("*.yaml") for found in PORT.findall(file.read_text())}
        self.environment = {
            **os.environ,
            **{port: str(free_port()) for port in names},
            "STATE_DIR": str(state_dir),
            "STACK_NAME": name,
            "STACK": "compose",
            "PROFILE": "lite",
        }

    def run(self, command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """Run one command to its end; stdout and stderr come as one text."""
        return subprocess.run(
            [sys.executable, "-m", "deploy.stack", command],
            cwd=ROOT,
            env={**self.environment, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=UP_SECONDS,
            check=False,
        )


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("state"), f"otelkit-test-{os.getpid()}")
    try:
        yield stack
    finally:
        stack.run("down", VOLUMES="1")


def test_port_in_use_is_one_line_that_names_the_setting(stack: Stack) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_A_PORT], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        port = holder.stdout.readline().strip()

        done = stack.run("up", VALKEY_PORT=port)

        holder.communicate("")
    assert done.returncode == 1
    assert f"port {port} (valkey) is in use by pid {holder.pid}" in done.stdout
    assert "VALKEY_PORT=..." in done.stdout
    assert list_containers(stack.name) == []


def test_failed_container_is_named_with_its_last_words_and_nothing_stays(stack: Stack) -> None:
    done = stack.run("up", VIEWER_MAX_MEGABYTES="none")

    assert done.returncode == 1
    assert re.search(r"^up: viewer .*; its log ends with:$", done.stdout, re.MULTILINE)
    assert "'none' is not a whole number above 0" in done.stdout
    assert list_containers(stack.name) == []


def test_up_ends_with_a_trace_and_the_addresses(stack: Stack) -> None:
    done = stack.run("up")

    assert done.returncode == 0, done.stdout
    assert "up: Compose, profile lite, because engine" in done.stdout
    assert "POST /orders [SERVER]" in done.stdout
    viewer = f"http://127.0.0.1:{stack.environment['VIEWER_PORT']}"
    assert re.search(rf"^  viewer +{viewer}$", done.stdout, re.MULTILINE)


def test_every_container_is_healthy_and_bounded(stack: Stack) -> None:
    done = stack.run("status")

    assert done.returncode == 0, done.stdout
    assert re.search(r"^collector +healthy", done.stdout, re.MULTILINE)


def test_another_trace_can_be_shown(stack: Stack) -> None:
    assert "POST /orders [SERVER]" in stack.run("trace").stdout


def test_down_ends_the_project_and_keeps_the_volumes(stack: Stack) -> None:
    done = stack.run("down")

    assert done.returncode == 0
    assert list_containers(stack.name) == []
    assert f"{stack.name}_postgres" in _volumes()
    assert stack.run("status").returncode == 1


def test_volumes_go_when_told(stack: Stack) -> None:
    stack.run("down", VOLUMES="1")

    assert not [volume for volume in _volumes() if volume.startswith(f"{stack.name}_")]


def _volumes() -> list[str]:
    command = ["docker", "volume", "ls", "--quiet"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


HOLD_A_PORT = """
import socket, sys
with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    sys.stdin.read()
"""
