"""The table of services in the root README: one row per folder in services/."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
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
