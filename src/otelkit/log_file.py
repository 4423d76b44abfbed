"""JSON lines in a file that rotates, by OTELKIT_LOG_FILE: Python's RotatingFileHandler, safe for services.

Rotation by two processes at once destroys lines, so each process takes a file of its own: the first free
one of `shop.jsonl`, `shop.2.jsonl`, ..., held by a lock that ends with the process. A forked child takes the
next. Names do not carry the process id, so that restarts do not fill the disk with files nobody rotates.
A disk that is full costs lines, never a request: what fails is told on stderr once a minute.
"""

import fcntl
import logging
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from io import FileIO
from logging.handlers import RotatingFileHandler
from pathlib import Path
from weakref import WeakMethod

from otelkit.environment import positive, read
from otelkit.errors import ConfigurationError

VARIABLE = "OTELKIT_LOG_FILE"
MAX_BYTES = 10_000_000
BACKUPS = 5
_MOST_PROCESSES = 1000
_TELL_SECONDS = 60.0


def log_file(environ: Mapping[str, str], formatter: logging.Formatter) -> "RotatingJsonFile | None":
    """The handler that the environment asks for; None when OTELKIT_LOG_FILE is unset.

    Raises:
        ConfigurationError: the file cannot be written, or a number is wrong.
    """
    most_bytes = read(environ, f"{VARIABLE}_MAX_BYTES", positive, MAX_BYTES)
    backups = read(environ, f"{VARIABLE}_BACKUPS", positive, BACKUPS)
    path = environ.get(VARIABLE, "").strip()
    if not path:
        return None
    try:
        handler = RotatingJsonFile(Path(path), most_bytes, backups)
    except OSError as error:
        raise ConfigurationError(
            f"{VARIABLE}={path!r}: {error.strerror}: use a file in a folder that exists and"
            " that this process may write"
        ) from None
    handler.setFormatter(formatter)
    return handler


class RotatingJsonFile(RotatingFileHandler):
    """Appends each record as one line, whole or not at all as far as the disk allows."""

    stream: FileIO | None  # type: ignore[assignment]  # unbuffered: nothing that a fork would write twice

    def __init__(self, path: Path, most_bytes: int, backups: int) -> None:
        """Take a free file.

        Raises:
            OSError: it cannot be written.
        """
        self._path = path
        self._lock_file, mine = _take(path)
        self._is_torn = False
        self._told_at = -_TELL_SECONDS
        try:
            super().__init__(mine, maxBytes=most_bytes, backupCount=backups)
        except OSError:
            os.close(self._lock_file)
            raise
        begin_anew = WeakMethod(self.begin_anew_in_child)
        os.register_at_fork(after_in_child=lambda: (call := begin_anew()) and call())

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; never raises."""
        try:
            self._write(f"{self.format(record)}\n".encode("utf-8", "replace"))
        except Exception:  # noqa: BLE001 - whatever fails here must not reach the request
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base's name
        """Say on stderr, at most once a minute, that lines are lost."""
        if time.monotonic() - self._told_at >= _TELL_SECONDS:
            self._told_at = time.monotonic()
            with suppress(Exception):  # stderr may be the same full disk
                print(f"log lines are lost: {self.baseFilename}: {sys.exception()}", file=sys.stderr)  # noqa: T201 - logging is what fails

    def begin_anew_in_child(self) -> None:
        """Take another file: this one is the parent's."""
        if self.stream is not None:
            self.stream.close()
            self.stream = None
        os.close(self._lock_file)  # the parent's lock lasts: it has the file open still
        try:
            self._lock_file, mine = _take(self._path)
        except OSError:
            self._lock_file = os.open(os.devnull, os.O_RDONLY)
            self.handleError(logging.makeLogRecord({}))
            logging.getLogger().removeHandler(self)
        else:
            self.baseFilename = str(mine.absolute())

    def close(self) -> None:
        """Give the file back."""
        super().close()
        with suppress(OSError):  # closed before
            os.close(self._lock_file)

    def _open(self) -> FileIO:  # type: ignore[override]  # see `stream`
        return FileIO(self.baseFilename, "ab")

    def _write(self, line: bytes) -> None:
        stream = self.stream = self.stream or self._open()
        if stream.tell() and stream.tell() + len(line) > self.maxBytes:
            self.doRollover()
            stream = self.stream = self.stream or self._open()
            self._is_torn = False
        if self._is_torn:
            line = b"\n" + line
        written = stream.write(line)
        self._is_torn = written != len(line)
        if self._is_torn:
            raise OSError(f"{written} of {len(line)} bytes of a line written")


def _take(path: Path) -> tuple[int, Path]:
    """The first file that no process has: its lock, open as long as it is ours, and its path."""
    for number in range(1, _MOST_PROCESSES):
        mine = path if number == 1 else path.with_name(f"{path.stem}.{number}{path.suffix}")
        lock = os.open(f"{mine}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            return lock, mine
    raise OSError(None, f"{_MOST_PROCESSES} processes write here already")
