"""The table of services in the root README: one row per folder in services/.

    python -m tests.repo.services_table --write | --check [README]

`make readme` writes it, a test checks it.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
BEGIN, END = "<!-- services:begin -->", "<!-- services:end -->"
_HEAD = "| service | teaches | run |\n|---|---|---|"
_SENTENCE = re.compile(r"(.+?[.?!])(?:\s+[A-Z`]|$)", re.DOTALL)


def row_of(service: Path) -> str:
    """Return the row of one service; raises ValueError when its README does not open with a sentence."""
    readme = service / "README.md"
    paragraphs = re.split(r"\n\s*\n", readme.read_text(encoding="utf-8").strip())
    sentence = _SENTENCE.match(paragraphs[1]) if len(paragraphs) > 1 else None
    if sentence is None or not paragraphs[0].startswith("# "):
        raise ValueError(f"{readme} must open with a title and a sentence that says what the service teaches")
    teaches = " ".join(sentence[1].split()).replace("|", "\\|")
    return f"| [{service.name}](services/{service.name}) | {teaches} | `make run SERVICE={service.name}` |"


def table() -> str:
    """Return the whole table."""
    services = sorted(path.parent for path in (ROOT / "services").glob("*/pyproject.toml"))
    return "\n".join([_HEAD, *map(row_of, services)])


def with_table(readme: Path) -> str:
    """Return the README's text with a fresh table; raises ValueError when its marks are missing."""
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{readme} has no {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main(arguments: Sequence[str]) -> int:
    """Write or check the table; return the exit code."""
    option, *files = arguments or ["--check"]
    readme = Path(files[0]) if files else ROOT / "README.md"
    try:
        fresh = with_table(readme)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if option == "--write":
        readme.write_text(fresh, encoding="utf-8")
    elif fresh != readme.read_text(encoding="utf-8"):
        sys.stderr.write(
            f"{readme}: the table of services is not up to date: make readme. It should be:\n{table()}\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
