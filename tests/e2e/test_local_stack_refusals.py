"""What keeps the stack from coming up is one clear message, and nothing stays behind."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.errors import StackError
from deploy.local.part import Part
from deploy.local.services import SERVICES
from deploy.local.state import Record, write_record
from deploy.local.trace import show_trace
from otelkit.testing.ports import free_port
from tests.e2e.local_stack import LocalStack

pytestmark = pytest.mark.e2e

NewStack = Callable[..., LocalStack]


def test_port_in_use_is_named_with_its_setting_and_holder_before_anything_starts(new_stack: NewStack) -> None:
    stack = new_stack()
    port = stack.ports["HTTP_FASTAPI_PORT"]
    with socket.create_server(("127.0.0.1", port)):
        done = stack.run("up")

    assert done.returncode == 1
    assert f"up: port {port} (http-fastapi) is in use by pid {os.getpid()} " in done.stdout
    assert "HTTP_FASTAPI_PORT=" in done.stdout
    assert "ready" not in done.stdout
    assert stack.processes() == []


@pytest.mark.parametrize("value", ["0", "65536", "http", "-1", "30 00"])
def test_value_that_is_no_port_is_named_with_its_variable(new_stack: NewStack, value: str) -> None:
    done = new_stack().run("up", VIEWER_PORT=value)

    assert done.returncode == 1
    assert f"VIEWER_PORT={value!r}" in done.stdout
    assert "Traceback" not in done.stdout


def test_two_settings_with_one_port_are_both_named(new_stack: NewStack) -> None:
    done = new_stack().run("up", VIEWER_PORT="39999", HTTP_FASTAPI_PORT="39999")

    assert done.returncode == 1
    assert "VIEWER_PORT and HTTP_FASTAPI_PORT are both 39999" in done.stdout


def test_part_that_keeps_dying_shows_its_last_words_and_the_rest_is_ended(new_stack: NewStack) -> None:
    stack = new_stack()

    done = stack.run("up", OTEL_TRACES_EXPORTER="nonsense")

    assert done.returncode == 1
    assert "http-fastapi keeps dying" in done.stdout
    assert "OTEL_TRACES_EXPORTER" in done.stdout
    assert stack.processes() == []


@pytest.mark.parametrize("command", ["status", "trace", "logs"])
def test_command_that_needs_a_stack_says_that_nothing_is_up(new_stack: NewStack, command: str) -> None:
    done = new_stack().run(command)

    assert done.returncode == 1
    assert "make up" in done.stdout
    assert "Traceback" not in done.stdout


def test_down_is_fine_when_nothing_is_up(new_stack: NewStack) -> None:
    done = new_stack().run("down")

    assert (done.returncode, done.stdout) == (0, "down: nothing was up\n")


def test_down_leaves_a_stranger_alone_that_got_the_recorded_process_id(new_stack: NewStack) -> None:
    stack = new_stack()
    stack.state_dir.mkdir()
    part = Part("viewer", "", (), {}, "", "", {})
    write_record(stack.state_dir, Record(os.getpid(), 1.0, str(stack.state_dir / "no.sock"), (part,)))

    done = stack.run("down")

    assert (done.returncode, done.stdout) == (0, "down: nothing was up\n")


def test_unreadable_record_is_no_obstacle(new_stack: NewStack) -> None:
    stack = new_stack()
    stack.state_dir.mkdir()
    (stack.state_dir / "stack.json").write_text("{half")

    assert stack.run("down").returncode == 0
    assert stack.run("status").returncode == 1


def test_run_of_an_unknown_service_names_the_known(new_stack: NewStack) -> None:
    done = new_stack().run("run", "nope")

    assert done.returncode == 1
    known = ", ".join(sorted(service.name for service in SERVICES))
    assert f"there is no service 'nope'; known are: {known}" in done.stdout


def test_run_on_a_taken_port_names_port_and_setting(new_stack: NewStack) -> None:
    stack = new_stack()
    port = stack.ports["HTTP_FASTAPI_PORT"]
    with socket.create_server(("127.0.0.1", port)):
        done = stack.run("run", "http-fastapi")

    assert done.returncode == 1
    assert f"port {port} (http-fastapi) is in use" in done.stdout


def test_state_folder_that_cannot_be_made_is_named(new_stack: NewStack, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = new_stack(tmp_path / "file" / "run").run("up")

    assert done.returncode == 1
    assert "STATE_DIR" in done.stdout
    assert "Traceback" not in done.stdout


def test_trace_of_a_service_that_does_not_answer_is_a_clear_error() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    parts = tuple(Part(name, "", (), {}, address, "", {}) for name in ("viewer", "http-fastapi"))

    with pytest.raises(StackError, match=f"http-fastapi does not answer at {address}"):
        show_trace(parts)


def test_host_that_cannot_be_listened_on_is_named(new_stack: NewStack) -> None:
    done = new_stack().run("up", STACK_HOST="not a host")

    assert done.returncode == 1
    assert "STACK_HOST='not a host'" in done.stdout
