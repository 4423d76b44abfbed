"""The generated tables of the root README, between marks: `<!-- NAME:begin -->` and `<!-- NAME:end -->`.

    python -m tests.repo.readme_tables --write | --check [README]

`make readme` writes them, a test checks them.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.repo import measured_table, services_table

ROOT = Path(__file__).parents[2]
TABLES = {"services": services_table.table, "measured": measured_table.table}


def with_tables(readme: Path) -> str:
    """Return the README's text with fresh tables; raises ValueError when a mark is missing."""
    text = readme.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        before, found_begin, rest = text.partition(begin)
        _, found_end, after = rest.partition(end)
        if not (found_begin and found_end):
            raise ValueError(f"{readme} has no {begin} ... {end}")
        text = f"{before}{begin}\n{table()}\n{end}{after}"
    return text


def main(arguments: Sequence[str]) -> int:
    """Write or check the tables; return the exit code."""
    option, *files = arguments or ["--check"]
    readme = Path(files[0]) if files else ROOT / "README.md"
    try:
        fresh = with_tables(readme)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if option == "--write":
        readme.write_text(fresh, encoding="utf-8")
    elif fresh != readme.read_text(encoding="utf-8"):
        sys.stderr.write(f"{readme}: a table is not up to date: make readme. It should be:\n{fresh}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
