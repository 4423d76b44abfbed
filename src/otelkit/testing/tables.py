"""The fixture `readme_table`: a generated table of a README, held against what a test measured or read.

    readme_table("settings", table)

The table stands between `<!-- settings:begin -->` and `<!-- settings:end -->`, each on a line of its own.
With `pytest --readme-rewrite` it is written instead.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from otelkit.testing.expected import ReadmeTraces


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Make a table of Markdown, one line a row; `|` in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    escaped = ([cell.replace("|", "\\|") for cell in cells] for cells in lines[2:])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (*lines[:2], *escaped)) + "\n"


class ReadmeTables:
    """Called with a name and a table: the README nearest to the test has just that table."""

    def __init__(self, traces: ReadmeTraces) -> None:
        self._traces = traces

    def __call__(self, name: str, table: str) -> None:
        """Compare, or write with `--readme-rewrite`.

        Raises:
            AssertionError: the README has another table, or no place for it.
        """
        readme = self._traces.readme()
        begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
        before, _, rest = readme.read_text(encoding="utf-8").partition(begin)
        shown, found, after = rest.partition(end)
        if not found:
            raise AssertionError(f"{readme} has no {begin.strip()} ... {end}")
        if self._traces.rewritten is None:
            _compare(readme, name, shown, table)
        elif shown != table:
            readme.write_text(f"{before}{begin}{table}{end}{after}", encoding="utf-8")
            self._traces.rewritten.append(f"{readme}: {name}")


def _compare(readme: Path, name: str, shown: str, table: str) -> None:
    if shown == table:
        return
    old, new = shown.splitlines(), table.splitlines()
    raise AssertionError(
        "\n".join(
            [
                f"table {name!r} of {readme} is not what was found; --readme-rewrite writes it:",
                *(f"- {line}" for line in old if line not in new),
                *(f"+ {line}" for line in new if line not in old),
            ]
        )
    )
