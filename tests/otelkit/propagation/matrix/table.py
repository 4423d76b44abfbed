"""The tables of docs/propagators.md, made of the cases that the tests run and of what was measured.

`make readme` writes them.
"""

import json
from pathlib import Path

from .cases import BAGGAGE, CASES, FORMATS, PROTOCOLS, Case, P, T

MEASURED = Path(__file__).parents[4] / "bench" / "results" / "propagation" / "bench-propagation.json"


def matrix() -> str:
    """Each format over each protocol: what the tests have shown in both directions."""
    lines = [_row("format", "`OTEL_PROPAGATORS`", "headers that are written", *PROTOCOLS.values())]
    lines.append("|" + "---|" * (3 + len(PROTOCOLS)))
    for one in FORMATS.values():
        names = " ".join(f"`{name}`" for name in one.expected(T, P, True))
        lines.append(_row(one.title, f"`{one.name}`", names, *(_cell(one.name, name) for name in PROTOCOLS)))
    for name, headers in BAGGAGE.items():
        title = "W3C Baggage" if name == "baggage" else f"baggage of {FORMATS[name].title}"
        cells = ["both ways, to allowed hosts"] * len(PROTOCOLS)
        lines.append(_row(title, f"`{name}`", " ".join(f"`{header}`" for header in headers), *cells))
    return "\n".join(lines)


def sent() -> str:
    """What a peer may send, and what becomes of its trace."""
    lines = [_row("format", "a peer sends", "what becomes of its trace"), "|---|---|---|"]
    lines += [_row(FORMATS[case.format].title, case.sends, _becomes(case)) for case in CASES]
    return "\n".join(lines)


def costs() -> str:
    """Processor time of one extract and one inject, as measured by `make bench NAME=propagation`."""
    rows = json.loads(MEASURED.read_text(encoding="utf-8"))
    values = {row["case"]: row["value"] for row in rows}
    columns = ("read", "written", "looked for in vain")
    lines = [_row("µs", *columns, "beside upstream's: read", "written")]
    lines.append("|" + "---|" * (len(columns) + 3))
    for name in FORMATS:
        times = [f"{values[f'{name}: {column}']:g}" for column in columns]
        ratios = [f"{name}: {column}, beside upstream's" for column in columns[:2]]
        lines.append(
            _row(f"`{name}`", *times, *(f"{values[ratio]:g}" if ratio in values else "" for ratio in ratios))
        )
    return "\n".join(lines)


def _cell(name: str, protocol: str) -> str:
    """Whether a peer's trace goes on whole: every format is written over every protocol (test_writing)."""
    cases = [case for case in CASES if case.format == name and protocol in case.only]
    is_read = any(case.trace == "same" and protocol not in case.impossible for case in cases)
    return "both ways" if is_read else "written alone"


def _becomes(case: Case) -> str:
    only = ", ".join(PROTOCOLS[name] for name in case.only)
    over = "" if len(case.only) == len(PROTOCOLS) else f" ({only})"
    but = "".join(f"; over {PROTOCOLS[name]} {reason}" for name, reason in case.impossible.items())
    return f"{case.outcome}{over}{but}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
