"""What the smoke test says: a table of what was found, and a paragraph for each thing that was not."""

import re
from collections.abc import Iterable, Sequence

from grafana_export.looking import Look, Search
from grafana_export.remedies import remedy_for_reading
from grafana_export.settings import Settings

_REASON = re.compile(r"\[Errno -?\d+\] [\w ]+|Read timed out|Remote end closed connection")
_HEAD = ("signal", "found after", "what", "where")


def report_on(search: Search, settings: Settings) -> str:
    """The table, pages to look at, and what to do about what is missing."""
    best = search.whole or max(search.sent, key=lambda id_: sum(id_ in look.found for look in search.looks))
    rows = [_row(look, best, settings.smoke_seconds) for look in search.looks]
    pages = dict.fromkeys(look.page(best) for look in search.looks if best in look.found)
    missing = [_missing(look, settings) for look in search.looks if best not in look.found]
    paragraphs = [f"trace id {best}", "\n".join(_aligned([_HEAD, *rows])), "\n".join(pages), *missing]
    return "\n\n".join(filter(None, paragraphs))


def _row(look: Look, trace_id: str, bound_seconds: float) -> Sequence[str]:
    if trace_id not in look.found:
        return look.signal, f"not in {bound_seconds:g} s", "", look.address
    seconds, evidence = look.found[trace_id]
    return look.signal, f"{seconds:.1f} s", evidence, look.address


def _missing(look: Look, settings: Settings) -> str:
    remedy = remedy_for_reading(look.signal, look.problem, in_cloud=settings.in_cloud)
    answered = _shortened(look.problem) or f"{look.address} has nothing of it"
    return f"{look.signal}: {answered}\n  {remedy}"


def _shortened(problem: str) -> str:
    """A connection that failed in few words: the client library names the address three times."""
    address, failed, why = problem.partition(" did not answer: ")
    reason = _REASON.search(why)
    return f"{address}{failed}{reason[0]}" if reason else problem


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
