"""Log lines in a file: rotated, one file for each process, and never a reason for a request to fail."""

import json
import logging
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from otelkit import ConfigurationError
from otelkit.log_file import RotatingJsonFile
from otelkit.logs import open_logs
from otelkit.redaction import AllowList

Open = Callable[..., RotatingJsonFile]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.jsonl"


@pytest.fixture
def open_file(path: Path) -> Iterator[Open]:
    opened: list[RotatingJsonFile] = []

    def make(**settings: int) -> RotatingJsonFile:
        variables = {f"OTELKIT_LOG_FILE_{name}": str(value) for name, value in settings.items()}
        _, file = open_logs({"OTELKIT_LOG_FILE": str(path), **variables}, AllowList())
        assert isinstance(file, RotatingJsonFile)
        opened.append(file)
        return file

    yield make
    for file in opened:
        file.close()


@contextmanager
def room_in_files(most_bytes: int) -> Iterator[None]:
    """As on a full disk, a write beyond that ends with an error, after a part of it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write(file: RotatingJsonFile, message: str) -> None:
    file.handle(logging.makeLogRecord({"msg": message, "levelname": "INFO", "name": "shop"}))


def messages(path: Path) -> list[str]:
    return [json.loads(line)["message"] for line in path.read_text().splitlines()]


def test_line_in_the_file_is_redacted_json(open_file: Open, path: Path) -> None:
    write(open_file(), "GET /orders?token=canary")

    assert messages(path) == ["GET /orders?token=REDACTED"]


def test_full_file_is_kept_as_backup_and_the_oldest_goes(open_file: Open, path: Path) -> None:
    file = open_file(MAX_BYTES=150, BACKUPS=2)  # one line each
    for number in range(5):
        write(file, str(number))

    kept = {each.name: messages(each) for each in path.parent.glob("shop.jsonl*") if each.suffix != ".lock"}
    assert kept == {"shop.jsonl": ["4"], "shop.jsonl.1": ["3"], "shop.jsonl.2": ["2"]}


def test_process_that_starts_again_appends(open_file: Open, path: Path) -> None:
    for number in range(2):
        file = open_file()
        write(file, str(number))
        file.close()

    assert messages(path) == ["0", "1"]


def test_each_process_has_a_file_of_its_own(open_file: Open, path: Path) -> None:
    first, second = open_file(), open_file()  # a lock is the open file's, so this is as with two processes
    write(first, "one")
    write(second, "two")

    assert (messages(path), messages(path.with_name("shop.2.jsonl"))) == (["one"], ["two"])


def test_forked_worker_takes_the_next_file(open_file: Open, path: Path) -> None:
    file = open_file()
    write(file, "master")
    child = os.fork()
    if child == 0:
        write(file, "worker")
        os._exit(0)
    os.waitpid(child, 0)
    write(file, "master")

    assert messages(path) == ["master", "master"]
    assert messages(path.with_name("shop.2.jsonl")) == ["worker"]


def test_full_disk_costs_lines_and_is_told_once(
    open_file: Open, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = open_file()
    write(file, "before")
    with room_in_files(path.stat().st_size + 10):
        for _ in range(3):
            write(file, "lost")
    write(file, "after")

    lines = path.read_text().splitlines()
    assert [json.loads(line)["message"] for line in (lines[0], lines[-1])] == ["before", "after"]
    assert capsys.readouterr().err.count("log lines are lost") == 1


@pytest.mark.parametrize("unwritable", ["missing/shop.jsonl", "folder", "file/shop.jsonl"])
def test_file_that_cannot_be_written_is_an_error_at_start(tmp_path: Path, unwritable: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    path = str(tmp_path / unwritable)

    with pytest.raises(ConfigurationError, match=f"^OTELKIT_LOG_FILE='{path}': .*: use a file in a folder"):
        open_logs({"OTELKIT_LOG_FILE": path}, AllowList())


@pytest.mark.parametrize("name", ["MAX_BYTES", "BACKUPS"])
def test_number_that_would_mean_a_file_without_end_is_an_error(name: str, path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"OTELKIT_LOG_FILE_{name}='0'"):
        open_logs({"OTELKIT_LOG_FILE": str(path), f"OTELKIT_LOG_FILE_{name}": "0"}, AllowList())


def test_without_the_variable_there_is_no_file() -> None:
    assert len(open_logs({}, AllowList())) == 1
