"""The page itself, in one of two formats.

OpenMetrics 1.0 names a family without suffix, has units, creation times and exemplars, and ends with
`# EOF`. Prometheus text 0.0.4 names a counter with `_total`, knows no info type, and has none of these.
(https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md)
"""

from collections.abc import Iterable, Iterator

from otelkit.openmetrics.families import Family
from otelkit.openmetrics.labels import escape, write_labels
from otelkit.openmetrics.negotiation import Format

_ONLY_OPENMETRICS = "_created"


def write_page(families: Iterable[Family], form: Format) -> bytes:
    """Write all families."""
    if form is Format.OPENMETRICS:
        lines = [line for family in families for line in _openmetrics(family)]
        return "".join(f"{line}\n" for line in [*lines, "# EOF"]).encode()
    return "".join(f"{line}\n" for family in families for line in _classic(family)).encode()


def _openmetrics(family: Family) -> Iterator[str]:
    yield f"# TYPE {family.name} {family.type}"
    if family.unit:
        yield f"# UNIT {family.name} {family.unit}"
    if family.help:
        yield f"# HELP {family.name} {escape(_utf8(family.help))}"
    for samples in family.series.values():
        for suffix, labels, value, exemplar in samples:
            yield f"{family.name}{suffix}{write_labels(labels)} {value}{exemplar}"


def _classic(family: Family) -> Iterator[str]:
    name = family.name + {"counter": "_total", "info": "_info"}.get(family.type, "")
    if family.help:
        text = _utf8(family.help).replace("\\", "\\\\").replace("\n", "\\n")
        yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {'gauge' if family.type == 'info' else family.type}"
    for samples in family.series.values():
        for suffix, labels, value, _ in samples:
            if suffix != _ONLY_OPENMETRICS:
                yield f"{family.name}{suffix}{write_labels(labels)} {value}"


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
