"""`make down`: ends exactly what `make up` began, recognised by a mark in each process's environment.

Supervisord is asked first, because it stops the services before the Collector and the Collector before
the viewer. What is left after that (supervisord was killed, a part hangs) is ended by its process id.
"""

import contextlib
import shutil
import signal
import time
from pathlib import Path
from xmlrpc.client import Fault

import psutil

from deploy.local.services import SERVICES
from deploy.local.state import Record, marked_processes, read_record, running_record
from deploy.local.supervision import call

ORDERLY_SECONDS = 45.0
GRACE_SECONDS = 12.0
HEAD_START_SECONDS = 1.0  # a service that waits for a Collector that is gone does not hold up the next


def bring_down(state_dir: Path) -> None:
    """End the stack; fine when there is none."""
    ended = end_stack(state_dir)
    print(f"down: {ended} processes ended" if ended else "down: nothing was up")


def end_stack(state_dir: Path) -> int:
    """End every process of this state folder's stack and forget the record; gives how many there were."""
    processes = marked_processes(state_dir)
    record = running_record(state_dir)
    if record is not None:
        _ask_services_to_end(record)
        supervisord = [process for process in processes if process.pid == record.pid]
        _end(supervisord, ORDERLY_SECONDS)
    leaders = _youngest_first(_leaders(marked_processes(state_dir)))
    for process in leaders:
        _ask_to_end([process])
        _wait([process], HEAD_START_SECONDS)
    _make_end(leaders, GRACE_SECONDS)
    _end(marked_processes(state_dir), GRACE_SECONDS)
    _forget(state_dir)
    return len(processes)


def _ask_services_to_end(record: Record) -> None:
    # Supervisord waits for one before it asks the next, although services do not need each other.
    names = {service.name for service in SERVICES}
    for part in record.parts:
        with contextlib.suppress(Fault, OSError):  # it does not run, or supervisord hangs
            if part.name in names:
                call(record, "stopProcess", part.name, False)


def _leaders(processes: list[psutil.Process]) -> list[psutil.Process]:
    # What a part started ends with it, and may not end before it: Erlang's helpers ignore SIGTERM.
    pids = {process.pid for process in processes}
    return [process for process in processes if _parent_of(process) not in pids]


def _parent_of(process: psutil.Process) -> int:
    try:
        return process.ppid()
    except psutil.Error:
        return 0


def _youngest_first(processes: list[psutil.Process]) -> list[psutil.Process]:
    # Services start last: they end first here too, while the Collector still listens.
    def begun_at(process: psutil.Process) -> float:
        try:
            return process.create_time()
        except psutil.Error:
            return 0.0

    return sorted(processes, key=begun_at, reverse=True)


def _end(processes: list[psutil.Process], grace_seconds: float) -> None:
    _ask_to_end(processes)
    _make_end(processes, grace_seconds)


def _make_end(processes: list[psutil.Process], grace_seconds: float) -> None:
    for process in _wait(processes, grace_seconds):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    _wait(processes, 5.0)


def _ask_to_end(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGTERM)


def _wait(processes: list[psutil.Process], timeout_seconds: float) -> list[psutil.Process]:
    """Wait and give those that still run; a zombie does not, even where no init collects orphans."""
    deadline = time.monotonic() + timeout_seconds
    alive = processes
    while alive := [process for process in alive if _runs(process)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return alive


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _forget(state_dir: Path) -> None:
    record = read_record(state_dir)
    if record is not None:
        socket = Path(record.socket)
        socket.unlink(missing_ok=True)
        if socket.parent.name.startswith("otelkit-stack-"):
            shutil.rmtree(socket.parent, ignore_errors=True)
    for name in ("stack.json", "supervisord.conf", "supervisord.pid"):
        (state_dir / name).unlink(missing_ok=True)
