"""`make up`: checks, starts viewer, Collector and brokers, then the services, and shows one real trace.

What does not need each other starts at the same time; each is reported in its turn. Either everything runs
afterwards, or everything that was begun has ended again.
"""

import fcntl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from collector.toolchain import NoGo, find_go
from deploy.local.addresses import print_addresses
from deploy.local.brokers import find_brokers
from deploy.local.collector import find_collector
from deploy.local.destinations import check_needs, is_fed, names_of, read_destinations
from deploy.local.down import end_stack
from deploy.local.errors import StackError
from deploy.local.part import Part
from deploy.local.parts import plan_parts
from deploy.local.ports import check_ports
from deploy.local.readiness import is_healthy, wait_until_ready
from deploy.local.services import SERVICES
from deploy.local.settings import Settings
from deploy.local.state import Record, marked_processes, running_record, write_record
from deploy.local.supervision import call, start_supervisord
from deploy.local.trace import show_trace


def bring_up(settings: Settings) -> None:
    """Bring the stack up, or say that it is up. Raises StackError when it is not up afterwards."""
    try:
        settings.state_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StackError(f"STATE_DIR={str(settings.state_dir)!r} cannot be made: {error.strerror}") from error
    with _only_one(settings.state_dir):
        record = running_record(settings.state_dir)
        if record is not None:
            _report_running(record)
            return
        check_needs(settings.overlays)
        if marked_processes(settings.state_dir):
            print("up: ending what an earlier stack left behind when its supervisord was killed")
            end_stack(settings.state_dir)
        record = _start(settings)
    show_trace(record.parts)
    print_addresses(record.parts, "parts")


def _start(settings: Settings) -> Record:
    binary = find_collector(settings.overlays)
    if binary is None and names_of(settings.overlays) != "viewer":
        raise StackError(f"{names_of(settings.overlays)} is fed by the Collector: {_why_no_collector()}")
    brokers = find_brokers(settings, SERVICES)
    parts = plan_parts(settings, binary, brokers)
    check_ports(settings.host, parts)
    for broker in brokers.values():
        broker.folder.mkdir(exist_ok=True)
    if binary is None:
        print(f"  collector: none; services export straight to the viewer ({_why_no_collector()})")
    if not is_fed(settings.overlays):
        print(f"  {parts[0].name}: without data, because TO names only {names_of(settings.overlays)}")
    try:
        record = start_supervisord(settings.state_dir, parts)
        write_record(settings.state_dir, record)
        services = [part for part in parts if part.name in {service.name for service in SERVICES}]
        for together in ([part for part in parts if part not in services], services):
            _start_together(record, together, settings.state_dir)
    except BaseException:  # an interrupt too: nothing stays behind
        print("up: ending what was begun", flush=True)
        end_stack(settings.state_dir)
        raise
    return record


def _start_together(record: Record, parts: Sequence[Part], state_dir: Path) -> None:
    begun = time.monotonic()
    for part in parts:
        call(record, "startProcess", part.name, False)  # False: do not wait
    for part in parts:
        pid = wait_until_ready(record, part, state_dir)
        after = f"{time.monotonic() - begun:.1f} s"
        print(f"  {part.name}: ready at {part.address} (pid {pid}, {after}; {part.runs_as})", flush=True)


def _report_running(record: Record) -> None:
    collector = next((part for part in record.parts if part.name == "collector"), None)
    to = collector.environment.get("TO", "viewer") if collector else "viewer"
    if (wanted := names_of(read_destinations())) and wanted != to:
        raise StackError(f"up already, and sends to {to}, not to {wanted}: make down first")
    ill = [part.name for part in record.parts if not is_healthy(part)]
    if ill:
        raise StackError(
            f"up already, but not healthy: {', '.join(ill)} (make status, make logs SERVICE={ill[0]})"
        )
    print("up already; nothing was started")
    print_addresses(record.parts, "parts")


def _why_no_collector() -> str:
    try:
        find_go()
    except NoGo as missing:
        return str(missing)
    return "not built: `make collector`"


@contextmanager
def _only_one(state_dir: Path) -> Iterator[None]:
    with (state_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(f"another `make up` is at work on {state_dir}") from None
        yield
