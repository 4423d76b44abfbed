"""What the rules read of Markdown: links, headings and the commands it shows."""

import re
from pathlib import Path

_FENCED = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?^ {0,3}\1`*~*[ \t]*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`+[^`\n]*`+")
_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^ {0,3}\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
_MAKE = re.compile(r"(?:`|^ {2,}|^\$ )make ([a-z0-9-]+)", re.MULTILINE)


def links_of(text: str) -> list[str]:
    """Return the targets of all links and images, but for what is shown as code."""
    return [first or second for first, second in _LINK.findall(_CODE.sub("", _FENCED.sub("", text)))]


def anchors_of(text: str) -> set[str]:
    """Return the fragments that a heading can be linked by, as GitHub makes them."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(_FENCED.sub("", text)))
    return {heading.replace(" ", "-") for heading in plain}


def make_targets_of(text: str) -> set[str]:
    """Return the make targets that are called in code, in a block or in a line."""
    return set(_MAKE.findall(text))


def broken_links(path: Path) -> list[str]:
    """Return the relative links of one file that lead nowhere."""
    return [link for link in links_of(path.read_text(encoding="utf-8")) if _broken(path, link)]


def _broken(path: Path, link: str) -> bool:
    if re.match(r"[a-z][a-z0-9+.-]*:|//", link):
        return False
    name, _, fragment = link.partition("#")
    target = path.parent / name if name else path
    if not target.exists():
        return True
    return bool(
        fragment and target.suffix == ".md" and fragment not in anchors_of(target.read_text(encoding="utf-8"))
    )
