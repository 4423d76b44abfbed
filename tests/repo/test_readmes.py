"""What READMEs show is so: links, commands, trace blocks, the generated tables."""

import ast
from pathlib import Path

import pytest

from otelkit.testing import blocks_of
from tests.repo.markdown import broken_links, links_of, make_targets_of
from tests.repo.readme_tables import main, tables_of
from tests.repo.services_table import row_of
from tests.repo.tree import ROOT, named, parsed, tracked

MARKDOWN = tracked("*.md")


def compared_below(folder: Path) -> set[str]:
    """Give the names that `readme_trace("name")` is called with in the Python files below `folder`."""
    return {
        node.args[0].value
        for path in tracked(f"{folder.relative_to(ROOT)}/*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "readme_trace"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_relative_links_lead_somewhere() -> None:
    broken = [f"{named(path)}: {link}" for path in MARKDOWN for link in broken_links(path)]

    assert not broken, "\n".join(broken)


def test_every_trace_block_is_compared_by_a_test() -> None:
    blocks = [(path, name) for path in MARKDOWN for name in blocks_of(path)]
    unused = [f"{named(path)}: {name}" for path, name in blocks if name not in compared_below(path.parent)]

    assert blocks
    assert not unused, "\n".join(unused)


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    missing = [
        f"{named(path)}: make {target}"
        for path in MARKDOWN
        for target in sorted(make_targets_of(path.read_text(encoding="utf-8")))
        if f"\n{target}:" not in makefile
    ]

    assert not missing, "\n".join(missing)


def test_tables_are_what_their_generators_write(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--check"])

    assert code == 0, capsys.readouterr().err


def test_row_has_the_first_sentence_of_the_services_readme(tmp_path: Path) -> None:
    service = tmp_path / "nats-jetstream"
    service.mkdir()
    (service / "README.md").write_text(
        "# nats\n\nHow do e.g. streams\nwork | here? More.\n", encoding="utf-8"
    )

    assert row_of(service) == (
        "| [nats-jetstream](services/nats-jetstream) | How do e.g. streams work \\| here? "
        "| `make run SERVICE=nats-jetstream` |"
    )


def test_table_is_written_between_its_marks_alone(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    marks = "".join(f"<!-- {name}:begin -->\nold\n<!-- {name}:end -->\n" for name in tables_of(readme))
    readme.write_text(f"before\n{marks}after\n", encoding="utf-8")

    codes = [main([option, str(readme)]) for option in ("--check", "--write", "--check")]

    assert codes == [1, 0, 0]
    assert readme.read_text(encoding="utf-8").startswith("before\n<!-- services:begin -->\n| service |")
    assert readme.read_text(encoding="utf-8").endswith(" |\n<!-- measured:end -->\nafter\n")
    assert "old" not in readme.read_text(encoding="utf-8")


def test_readme_without_marks_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("nothing\n", encoding="utf-8")

    assert main(["--write", str(readme)]) == 1
    assert f"{readme} has no <!-- services:begin -->" in capsys.readouterr().err


def test_links_in_code_are_no_links(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A b\n[x](page.md#a-b) [y](#c) [z](gone.md)\n`[i](j)`\n```\n[k](l)\n```\n[m](https://n)\n[o]: p\n",
        encoding="utf-8",
    )

    assert links_of(page.read_text()) == ["page.md#a-b", "#c", "gone.md", "https://n", "p"]
    assert broken_links(page) == ["#c", "gone.md", "p"]
