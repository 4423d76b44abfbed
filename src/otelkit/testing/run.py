"""Run a command with its traces drawn in the terminal: `python -m otelkit.testing.run -- COMMAND...`.

Nothing else is needed: the command exports to a sink inside this process. Trees go to stderr, so the
command's stdout stays what it writes. SIGTERM, SIGHUP and SIGINT are passed on, but not a Ctrl-C, which the
terminal gives to both processes itself: uvicorn takes a second SIGINT for "stop waiting". The exit code is
the command's, or 128 plus the number of the signal that ended it.
"""

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from time import monotonic
from types import FrameType

from otelkit.receiver import Accepted, Receiver, Verdict
from otelkit.signals import ExportRequest, Signal
from otelkit.testing.assembly import Assembly
from otelkit.testing.endpoint import environment_for
from otelkit.testing.terminal import Terminal

_TICK_SECONDS = 0.1
_GRACE_SECONDS = 5.0
_USAGE = "usage: python -m otelkit.testing.run -- COMMAND [ARGUMENT...]"
_NOT_FOUND, _NOT_EXECUTABLE, _WRONG_USAGE = 127, 126, 2  # as shells have it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command after `--` to its end and return the exit code."""
    command = list(sys.argv[1:] if arguments is None else arguments)
    if command[:1] == ["--"]:
        command = command[1:]
    if not command or command[0] in ("-h", "--help"):
        print(_USAGE, file=sys.stderr)  # noqa: T201 - a command line's answer
        return 0 if command else _WRONG_USAGE
    assembly = Assembly()

    def accept(_: Signal, request: ExportRequest) -> Verdict:
        assembly.add(request)
        return Accepted()

    receiver = Receiver(accept)
    receiver.start()
    try:
        return _run(command, _environment(receiver), assembly, Terminal(sys.stderr, os.environ))
    finally:
        receiver.stop()


def _environment(receiver: Receiver) -> dict[str, str]:
    ours = environment_for(receiver.grpc_port, receiver.http_port, "grpc")
    delays = {
        name: os.environ[name]
        for name in ours
        if name.endswith(("_DELAY", "_INTERVAL")) and name in os.environ
    }
    return {**os.environ, **ours, **delays}


def _run(command: list[str], environment: dict[str, str], assembly: Assembly, terminal: Terminal) -> int:
    received = _listen_for_signals()
    try:
        child = subprocess.Popen(command, env=environment)  # noqa: S603 - running it is the purpose
    except OSError as error:
        terminal.say(f"{command[0]}: {error.strerror}")
        return _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE
    try:
        while child.poll() is None:
            _pass_on(received, child)
            terminal.show(assembly.take_quiet(monotonic()))
            _wait(child)
        terminal.show(assembly.take_all())
    finally:
        _end(child)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _listen_for_signals() -> deque[int]:
    """Collect signals for the loop, in place of their default, from before there is a child to get them."""
    received: deque[int] = deque()

    def note(number: int, _: FrameType | None) -> None:
        if not (number == signal.SIGINT and _terminal_gave_it()):
            received.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, note)
    return received


def _terminal_gave_it() -> bool:
    return os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp()


def _pass_on(received: deque[int], child: subprocess.Popen[bytes]) -> None:
    while received:
        child.send_signal(received.popleft())


def _wait(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(_TICK_SECONDS)
    except subprocess.TimeoutExpired:
        return


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child that is left because drawing failed."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    sys.exit(main())
