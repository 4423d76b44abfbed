"""No tracked file names a package index, or a path that only one machine has; the licence is Apache-2.0."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.repo.tree import ROOT, named, tracked

# Written with [.] and [-], so that this file does not hold what it looks for.
INDEX = [
    "--index[-]url",
    "--extra-index[-]url",
    "pypi[.]org/simple",
    "files[.]pythonhosted[.]org",
    "proxy[.]golang[.]org",
    "sum[.]golang[.]org",
    "deb[.]debian[.]org",
    "registry[.]npmjs[.]org",
]
INDEX_PATTERN = re.compile("|".join(INDEX))
# An absolute path into somebody's home or workspace; not the end of an address or of a longer path.
MACHINE_PATTERN = re.compile(r"(?<![\w.~$})/-])/(?:home|Users|root|work|workspace)/[\w.-]+")


def found_in(path: Path, pattern: re.Pattern[str]) -> list[str]:
    text = path.read_bytes().decode("utf-8", errors="replace")
    return [
        f"{named(path)}:{number}: {match[0]}"
        for number, line in enumerate(text.splitlines(), 1)
        for match in [pattern.search(line)]
        if match
    ]


@pytest.mark.parametrize("pattern", [INDEX_PATTERN, MACHINE_PATTERN], ids=["index", "machine"])
def test_tracked_files_hold_no_address_of_one_place(pattern: re.Pattern[str]) -> None:
    found = [line for path in tracked() for line in found_in(path, pattern)]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        *((f"see {address.replace('[', '').replace(']', '')} there", INDEX_PATTERN) for address in INDEX),
        *(
            (f"cd '/{folder}/somebody/project'", MACHINE_PATTERN)
            for folder in ("home", "root", "Users", "work")
        ),
    ],
)
def test_address_of_one_place_is_found(tmp_path: Path, line: str, pattern: re.Pattern[str]) -> None:
    page = tmp_path / "page"
    page.write_text(f"fine\n{line}\n", encoding="utf-8")

    assert len(found_in(page, pattern)) == 1
    assert found_in(page, pattern)[0].startswith(f"{page}:2: ")


@pytest.mark.parametrize(
    "line", ["https://example.org/home/page", "$HOME/work/x", "src/work/y", "make/root/z"]
)
def test_address_that_holds_everywhere_is_let_be(tmp_path: Path, line: str) -> None:
    page = tmp_path / "page"
    page.write_text(line, encoding="utf-8")

    assert found_in(page, MACHINE_PATTERN) == []


def test_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert re.search(r"Apache License\s+Version 2\.0, January 2004", text)
    assert "END OF TERMS AND CONDITIONS" in text
    assert (project["license"], project["license-files"]) == ("Apache-2.0", ["LICENSE"])
