"""What is accepted is on disk as it came last; a file that cannot be used is a clear error or set aside."""

import sqlite3
from pathlib import Path

import pytest

from otelkit.errors import ConfigurationError
from otelkit.viewer.database import open_for_writing, reading

from .conftest import Backend, make_span


def test_span_that_comes_twice_is_kept_once_as_it_came_last(backend: Backend) -> None:
    backend.send_spans(make_span(1, name="before"), make_span(2, parent=1))
    backend.send_spans(make_span(1, name="after"))

    assert sorted(span.name for span in backend.tempo.trace("1")) == ["after", "span 2"]
    assert "2 spans" in backend.get("/").text


def test_spans_with_invalid_ids_are_counted_back_to_the_sender(backend: Backend) -> None:
    bad = [make_span(1, trace_id=b""), make_span(2, span_id=b"short"), make_span(3, trace_id=bytes(16))]

    partial = backend.send_spans(make_span(4), *bad).partial_success

    assert partial.rejected_spans == 3
    assert "16 bytes" in partial.error_message
    assert [span.name for span in backend.tempo.trace("1")] == ["span 4"]


def test_reader_sees_what_was_there_when_it_began(backend: Backend) -> None:
    count = "SELECT count(*) FROM traces"
    with reading(backend.viewer._writer.path) as connection:
        assert connection.execute(count).fetchone()[0] == 0
        backend.send_spans(make_span(1))
        assert connection.execute(count).fetchone()[0] == 0
    with reading(backend.viewer._writer.path) as connection:
        assert connection.execute(count).fetchone()[0] == 1


@pytest.mark.parametrize("content", [b"this is no database, but it is long enough to be looked at" * 20])
def test_file_that_is_no_database_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"--database .*notes.txt cannot be used \(file is not a"):
        open_for_writing(path)


def made_by(path: Path, version: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE kept (x)")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


def test_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    made_by(path, 9)

    with pytest.raises(ConfigurationError, match=r"other.db .*version 9 .*delete it"):
        open_for_writing(path)


def test_database_of_an_older_version_is_set_aside_and_said_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "old.db"
    made_by(path, 1)

    open_for_writing(path).close()

    aside = sqlite3.connect(tmp_path / "old.db.version-1")
    assert aside.execute("SELECT name FROM sqlite_master").fetchall() == [("kept",)]
    aside.close()
    assert "it is now" in caplog.text
