"""The foreground run: real commands, real signals."""

import os
import pty
import re
import selectors
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

RUN = [sys.executable, "-W", "error", "-m", "otelkit.testing.run", "--"]
SHOP = [sys.executable, str(Path(__file__).with_name("shop.py"))]
PLAIN = {
    name: value for name, value in os.environ.items() if name != "NO_COLOR" and not name.startswith("OTEL_")
}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, *command], capture_output=True, text=True, timeout=30, env=PLAIN, check=False
    )


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*RUN, *command], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=PLAIN
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def stderr_of(process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    return process.stderr.fileno()


def read_until(source: int, text: str, timeout_seconds: float = 15.0) -> None:
    """Read until `text` has come."""
    deadline, seen = time.monotonic() + timeout_seconds, ""
    with selectors.DefaultSelector() as ready:
        ready.register(source, selectors.EVENT_READ)
        while text not in seen:
            assert ready.select(deadline - time.monotonic()), f"no {text!r} in time; seen:\n{seen}"
            piece = os.read(source, 65_536).decode()
            assert piece, f"ended without {text!r}; seen:\n{seen}"
            seen += piece


def test_trace_is_drawn_with_durations_and_the_output_is_the_commands_own() -> None:
    result = run(*SHOP, "orders")

    assert (result.returncode, result.stdout) == (0, "the program's own output\n")
    heading, root, child = result.stderr.splitlines()[:3]
    assert re.fullmatch(r"trace [0-9a-f]{32}  shop  2 spans", heading)
    assert re.fullmatch(r"POST /orders \[INTERNAL\] UNSET  [\d.]+ (µs|ms)", root)
    assert re.fullmatch(r"└─ reserve stock \[INTERNAL\] UNSET  [\d.]+ (µs|ms)", child)


def test_error_shows_its_type_and_the_exit_code_is_the_commands() -> None:
    result = run(*SHOP, "error")

    assert result.returncode == 3
    assert re.search(
        r"^GET /orders/\{id\} \[INTERNAL\] ERROR LookupError  [\d.]+ ", result.stderr, re.MULTILINE
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_trace_is_drawn_while_the_command_runs_and_signals_reach_it(number: signal.Signals) -> None:
    with started(*SHOP, "serve") as process:
        read_until(stderr_of(process), "started [INTERNAL]")
        process.send_signal(number)
        read_until(stderr_of(process), f"got {number.name} once [INTERNAL]")

        assert process.wait(10) == 0


def test_ctrl_c_in_a_terminal_reaches_the_command_once() -> None:
    ours, terminal = pty.openpty()
    # the first terminal that a session's leader opens becomes the one whose Ctrl-C it gets
    shell = f"exec {shlex.join([*RUN, *SHOP, 'serve'])} <>{os.ttyname(terminal)} >&0 2>&0"
    with subprocess.Popen(["sh", "-c", shell], start_new_session=True, env=PLAIN) as process:
        try:
            read_until(ours, "started [INTERNAL]")
            os.write(ours, b"\x03")
            read_until(ours, "got SIGINT once [INTERNAL]")

            assert process.wait(10) == 0
        finally:
            process.kill()
            os.close(ours)
            os.close(terminal)


def test_command_that_dies_of_a_signal_gives_128_and_the_signal() -> None:
    assert run("sh", "-c", "kill -KILL $$").returncode == 128 + signal.SIGKILL


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        (["no-such-program"], 127, "no-such-program: No such file or directory"),
        (["/dev/null"], 126, "/dev/null: Permission denied"),
        ([], 2, "usage: python -m otelkit.testing.run -- COMMAND [ARGUMENT...]"),
    ],
    ids=["missing", "not-executable", "none"],
)
def test_command_that_cannot_start_is_one_line(command: list[str], code: int, message: str) -> None:
    result = run(*command)

    assert (result.returncode, result.stderr.strip()) == (code, message)


def test_delay_that_the_user_set_is_kept() -> None:
    program = 'echo "$OTEL_BSP_SCHEDULE_DELAY $OTEL_EXPORTER_OTLP_PROTOCOL"'
    environment = {**PLAIN, "OTEL_BSP_SCHEDULE_DELAY": "77", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}

    output = subprocess.check_output([*RUN, "sh", "-c", program], text=True, timeout=30, env=environment)

    assert output == "77 grpc\n"
