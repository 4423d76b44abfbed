"""What pytest says of two unequal trees: which rows differ at once, both whole trees below the failure.

pytest cuts an assertion's own explanation after a few lines, therefore the whole goes into a report section.
"""

import pytest

from otelkit.testing.expected import ReadmeTrace
from otelkit.testing.sides import aligned, side_by_side
from otelkit.testing.tree import TraceTree

_MOST_ROWS = 4  # with title and counts this stays below pytest's limit of 8 lines
_PREFIX = 8  # columns that pytest puts before a line of an explanation
_TITLE = "Traces side by side"
_WHOLE = pytest.StashKey[list[str]]()


def explain(config: pytest.Config, left: object, right: object) -> list[str] | None:
    """Explain `left == right` when one of them is a TraceTree, else None."""
    if not (isinstance(left, str) and isinstance(right, str)):
        return None
    if not (isinstance(left, TraceTree) or isinstance(right, TraceTree)):
        return None
    expected, actual = (left, right) if _is_expected(left, right) else (right, left)
    if isinstance(expected, ReadmeTrace) and not expected.found:
        return _missing(expected, actual)
    where = (
        f"block {expected.name!r} of {expected.readme}" if isinstance(expected, ReadmeTrace) else "expected"
    )
    rows = aligned(expected, actual)
    titles = ("expected", "actual")
    width = _width(config)
    whole = [f"against {where}", *side_by_side(titles, expected, actual, width=width)]
    config.stash.setdefault(_WHOLE, []).append("\n".join(whole))
    differing = side_by_side(titles, expected, actual, width=width - _PREFIX, only_differing=True)
    count = sum(a != b for a, b in rows)
    more = ["..."] if len(differing) > _MOST_ROWS + 1 else []
    head = f"trace differs in {count} of {len(rows)} lines (whole trees below)"
    return [head, *differing[: _MOST_ROWS + 1], *more]


def add_sections(item: pytest.Item, report: pytest.TestReport) -> None:
    """Give the report of a failed test the whole trees that its comparisons explained."""
    texts = item.config.stash.get(_WHOLE, [])
    if report.failed:
        report.sections += [(_TITLE, text) for text in texts]
    texts.clear()


def _is_expected(left: str, right: str) -> bool:
    """Tell whether `left` is the written-down side: a README's block, or a literal beside a tree."""
    return isinstance(left, ReadmeTrace) or not isinstance(left, TraceTree)


def _missing(expected: ReadmeTrace, actual: str) -> list[str]:
    return [
        f"{expected.readme} has no trace block {expected.name!r}. Paste:",
        f"```trace {expected.name}",
        *actual.splitlines(),
        "```",
    ]


def _width(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return int(reporter._tw.fullwidth) if reporter else 80  # noqa: SLF001 - pytest has no public width
