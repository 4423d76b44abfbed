"""What `make up` wrote down about the stack it began, so that every other target needs no settings.

A record is believed only as far as it can be checked: the supervisord in it has to be alive, begun at the
noted time and running this state folder's configuration. All else is the trace of a crash.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from deploy.local.part import Part

MARK = "OTELKIT_LOCAL_STACK"  # in the environment of every process of a stack: the state folder it belongs to


@dataclass(frozen=True)
class Record:
    """The supervisord of a stack, its socket and its parts."""

    pid: int
    begun_at: float
    socket: str
    parts: tuple[Part, ...]


def write_record(state_dir: Path, record: Record) -> None:
    """Write the record in one step, so that a crash leaves the old one or the new one.

    Only for its owner: the address of a broker or a database may hold a password.
    """
    draft = state_dir / "stack.json.new"
    draft.touch(0o600)
    draft.write_text(json.dumps(asdict(record), indent=1))
    draft.replace(state_dir / "stack.json")


def read_record(state_dir: Path) -> Record | None:
    """Read the record; None when there is none or it cannot be understood."""
    try:
        raw = json.loads((state_dir / "stack.json").read_text())
        parts = tuple(Part(**{**part, "command": tuple(part["command"])}) for part in raw.pop("parts"))
        return Record(**raw, parts=parts)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def running_record(state_dir: Path) -> Record | None:
    """Read the record if its supervisord is really the one that runs now."""
    record = read_record(state_dir)
    return record if record and is_ours(record, state_dir) else None


def is_ours(record: Record, state_dir: Path) -> bool:
    """Say whether the recorded process id still is this folder's supervisord, not a later process."""
    try:
        process = psutil.Process(record.pid)
        same = abs(process.create_time() - record.begun_at) < 1.0
        return (
            same
            and process.status() != psutil.STATUS_ZOMBIE
            and str(state_dir) in " ".join(process.cmdline())
        )
    except psutil.Error:
        return False


def marked_processes(state_dir: Path) -> list[psutil.Process]:
    """Find every process that a stack of this state folder began, by the mark in its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(state_dir) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue  # ended meanwhile, or another user's
    return found
