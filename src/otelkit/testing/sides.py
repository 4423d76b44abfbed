"""Two trees side by side, the form in which a failed comparison is shown.

Rows that differ begin with `>`; a line that one side lacks leaves that side empty. What is wider than its
column goes on below, so that 80 columns suffice.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

_MOST_ALIGNED = 2000  # lines; beyond, aligning costs minutes, and line n stands beside line n
_NARROWEST = 20  # characters of a column

Row = tuple[str, str]


def side_by_side(
    titles: Row, left: str, right: str, *, width: int, only_differing: bool = False
) -> list[str]:
    """Return `left | right` as lines of at most `width` characters (at least 45), below their titles."""
    column = max((width - 5) // 2, _NARROWEST)
    rows = [row for row in aligned(left, right) if not only_differing or row[0] != row[1]]
    lines = [f"  {titles[0]:{column}} | {titles[1]}"]
    for row in rows:
        lines += _row_lines(row, column)
    return [line.rstrip() for line in lines]


def aligned(left: str, right: str) -> list[Row]:
    """Pair the lines of both texts; what has no partner stands beside an empty string."""
    ours, theirs = left.splitlines(), right.splitlines()
    if max(len(ours), len(theirs)) > _MOST_ALIGNED:
        return list(zip_longest(ours, theirs, fillvalue=""))
    rows: list[Row] = []
    matcher = SequenceMatcher(a=ours, b=theirs, autojunk=False)
    for _, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        rows += zip_longest(ours[a_from:a_to], theirs[b_from:b_to], fillvalue="")
    return rows


def _row_lines(row: Row, column: int) -> Iterator[str]:
    mark = ">" if row[0] != row[1] else " "
    for left, right in zip_longest(_wrapped(row[0], column), _wrapped(row[1], column), fillvalue=""):
        yield f"{mark} {left:{column}} | {right}"


def _wrapped(line: str, column: int) -> list[str]:
    return [line[start : start + column] for start in range(0, max(len(line), 1), column)]
