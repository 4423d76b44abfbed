"""Destinations without ids: `orders.4711.paid` is `orders.{id}.paid` in span names and on metrics.

The convention calls it `messaging.destination.template`. Templates that were given come first, as
`orders.{customer}.paid`; of other names, the parts that look like ids are replaced.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

ID = "{id}"
_PART = r"(?<![A-Za-z0-9]){}(?![A-Za-z0-9])"  # between separators of any kind
_IDS = re.compile(
    _PART.format(
        r"(?:(?<![^\s./:])@*+[^\s./:@]++@[^\s./:]++"  # a mail address, up to its first dot: whose name it is
        r"|[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"  # a UUID
        r"|[0-9]+"
        r"|(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]{8,}"  # a hash, or a UUID without hyphens
        r"|(?=[0-9]*(?:[A-Za-z]+[0-9]+){2})[A-Za-z0-9]{16,})"  # letters and digits mixed, as in a ULID
    )
)
_TOKENS = {"*": r"[^.]+", "#": r".*", ">": r".+"}


class Destination(NamedTuple):
    """Where messages go to or come from, and its template where the name holds ids."""

    name: str
    template: str = ""


class Templates:
    """Gives a name's template: one of `given`, or the name with `{id}` for each part that looks like one.

    In a given template `{anything}` and `*` stand for one part between dots, a last `#` or `>` for all that
    follow, `#` for none as well; a template without any keeps a name as it is.
    """

    def __init__(self, given: Sequence[str] = ()) -> None:
        self._given = [(template, _pattern(template)) for template in given]

    def of(self, name: str) -> str:
        """Give the template; the name itself where it holds no id."""
        for template, pattern in self._given:
            if pattern.fullmatch(name):
                return template
        return _IDS.sub(ID, name)


def _pattern(template: str) -> re.Pattern[str]:
    head, dot, last = template.rpartition(".")
    if last == "#" and dot:  # follows or not, as in a binding of AMQP
        return re.compile(_joined(head) + r"(?:\..*)?", re.DOTALL)
    return re.compile(_joined(template), re.DOTALL)


def _joined(template: str) -> str:
    return r"\.".join(_part(part) for part in template.split("."))


def _part(part: str) -> str:
    return _TOKENS["*"] if re.fullmatch(r"\{[^{}]*\}", part) else _TOKENS.get(part, re.escape(part))
