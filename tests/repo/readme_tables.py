"""The generated tables of READMEs, between marks: `<!-- NAME:begin -->` and `<!-- NAME:end -->`.

    python -m tests.repo.readme_tables --write | --check [README]

`make readme` writes them, a test checks them. In the root README: the services, and what was measured of
otelkit; in a service's README: what was measured of it; in a page of docs/: what is computed for it.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from deploy.compose import memory_table
from deploy.k8s import sizing
from tests.otelkit.instrumentation.grpc_calls import truth
from tests.otelkit.propagation.matrix import table as propagators
from tests.repo import measured_table, sampling_table, services_table

ROOT = Path(__file__).parents[2]
# Tables of one service alone.
OWN: dict[str, dict[str, Callable[[], str]]] = {"grpc-four-modes": {"truth": truth.table}}
# Pages below docs/ with tables of their own.
PAGES: dict[str, dict[str, Callable[[], str]]] = {
    "compose.md": {"memory": memory_table.table},
    "propagators.md": {
        "matrix": propagators.matrix,
        "sent": propagators.sent,
        "costs": propagators.costs,
    },
    "sampling.md": {"measured": sampling_table.table},
    "send-to/two-at-once.md": {"measured": partial(measured_table.table, "send-to")},
    "viewer.md": {"measured": partial(measured_table.table, "viewer")},
    "kubernetes-sizing.md": {"sizing": sizing.table, "arithmetic": sizing.arithmetic},
}


def readmes() -> list[Path]:
    """Return every README with generated tables."""
    names = {home.name for home in measured_table.RESULTS.iterdir()} | set(OWN)
    files = [ROOT / "services" / name / "README.md" for name in sorted(names)]
    pages = [ROOT / "docs" / name for name in PAGES]
    return [ROOT / "README.md", *(readme for readme in files if readme.is_file()), *pages]


def tables_of(readme: Path) -> Mapping[str, Callable[[], str]]:
    """Return name to maker of the tables of one README."""
    if readme.parent.parent == ROOT / "services":
        name = readme.parent.name
        return {"measured": partial(measured_table.table, name), **OWN.get(name, {})}
    if readme.is_relative_to(ROOT / "docs"):
        return PAGES[str(readme.relative_to(ROOT / "docs"))]
    return {"services": services_table.table, "measured": partial(measured_table.table, "otelkit")}


def with_tables(readme: Path) -> str:
    """Return the README's text with fresh tables; raises ValueError when a mark is missing."""
    text = readme.read_text(encoding="utf-8")
    for name, table in tables_of(readme).items():
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
    code = 0
    for readme in [Path(file).resolve() for file in files] or readmes():
        try:
            fresh = with_tables(readme)
        except (OSError, ValueError) as error:
            sys.stderr.write(f"{error}\n")
            return 1
        if option == "--write":
            readme.write_text(fresh, encoding="utf-8")
        elif fresh != readme.read_text(encoding="utf-8"):
            sys.stderr.write(f"{readme}: a table is not up to date: make readme. It should be:\n{fresh}\n")
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
