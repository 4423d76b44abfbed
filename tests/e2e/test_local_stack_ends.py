"""How a stack ends: by `make down`, by a crash of supervisord; and how it runs without a Collector."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.ports import is_free
from deploy.local.state import running_record
from tests.e2e.local_stack import LocalStack

pytestmark = pytest.mark.e2e

NewStack = Callable[..., LocalStack]


def test_without_a_go_of_today_services_export_straight_to_the_viewer(
    new_stack: NewStack, tmp_path: Path
) -> None:
    deep = tmp_path / ("deep" * 30) / "run"  # longer than a socket's path may be
    too_old = tmp_path / "go"
    too_old.write_text("#!/bin/sh\necho go1.1")
    too_old.chmod(0o755)
    stack = new_stack(deep, XDG_CACHE_HOME=str(tmp_path), PATH=f"{tmp_path}:{os.environ['PATH']}")

    done = stack.run("up")

    assert done.returncode == 0, done.stdout
    assert done.stdout.count("services export straight to the viewer") == 1
    assert "make collector" in done.stdout
    assert "POST /orders [SERVER]" in done.stdout
    assert "collector" not in stack.run("status").stdout.lower()


def test_down_ends_every_process_and_frees_every_port(new_stack: NewStack) -> None:
    stack = new_stack()
    assert stack.run("up").returncode == 0

    done = stack.run("down")

    assert done.returncode == 0
    assert "processes ended" in done.stdout
    assert stack.processes() == []
    assert [name for name, port in stack.ports.items() if not is_free("127.0.0.1", port)] == []
    assert stack.run("status").returncode == 1


def test_up_after_kill_9_of_supervisord_ends_the_orphans_and_starts_anew(new_stack: NewStack) -> None:
    stack = new_stack()
    assert stack.run("up").returncode == 0
    record = running_record(stack.state_dir)
    assert record is not None
    orphans = [process for process in stack.processes() if process.pid != record.pid]
    os.kill(record.pid, signal.SIGKILL)

    done = stack.run("up")

    assert done.returncode == 0, done.stdout
    assert "left behind" in done.stdout
    assert [process for process in orphans if process.is_running()] == []
    assert stack.run("trace").returncode == 0
