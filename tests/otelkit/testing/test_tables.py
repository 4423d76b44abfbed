"""Generated tables of a README: compared, or written with --readme-rewrite."""

from pathlib import Path

import pytest

from otelkit.testing.expected import ReadmeTraces
from otelkit.testing.tables import ReadmeTables, markdown_table

TABLE = "| a | b |\n| --- | --- |\n| 1 | x \\| y |\n"
README = "# Title\n\n<!-- things:begin -->\nold\n<!-- things:end -->\n\nafter\n"


@pytest.fixture
def readme(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(README)
    return tmp_path / "README.md"


def tables(readme: Path, rewritten: list[str] | None = None) -> ReadmeTables:
    return ReadmeTables(ReadmeTraces(readme.with_name("test_x.py"), readme.parent, rewritten))


def test_table_escapes_what_would_end_a_cell() -> None:
    assert markdown_table(["a", "b"], [["1", "x | y"]]) == TABLE


def test_other_table_fails_and_says_which_lines_differ(readme: Path) -> None:
    with pytest.raises(AssertionError, match=r"- old\n\+ \| a \| b \|"):
        tables(readme)("things", TABLE)


def test_place_that_is_missing_is_named(readme: Path) -> None:
    with pytest.raises(AssertionError, match="no <!-- others:begin -->"):
        tables(readme)("others", TABLE)


def test_rewriting_leaves_the_rest_alone_and_then_holds(readme: Path) -> None:
    rewritten: list[str] = []

    tables(readme, rewritten)("things", TABLE)
    tables(readme, rewritten)("things", TABLE)

    assert rewritten == [f"{readme}: things"]
    assert readme.read_text() == README.replace("old\n", TABLE)
    tables(readme)("things", TABLE)
