"""What a label of a log record, or its line, has to fulfil; as rows of a block, and for a single record.

A label may be the resource's, then all of the resource's records fulfil it or none does. A label that is
not there is empty, as in Loki.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field

from otelkit.viewer.blocks import Block, Kind
from otelkit.viewer.columns import Scalar, fragment_of, rows_where
from otelkit.viewer.log_labels import LINE, Labels
from otelkit.viewer.log_origins import resources_of
from otelkit.viewer.log_store import label_term, resource_term, text_terms

_FEW_RESOURCES = 64


@dataclass(frozen=True)
class LogTest:
    """`equals` or `contains` say what a text that is accepted has, so that blocks without are not read."""

    label: str
    accepts: Callable[[str], bool]
    equals: str = ""
    contains: str = ""


@dataclass
class PreparedTest:
    """A test with the resources that decide it: `yes` fulfil it, `no` do not, the records of others may."""

    test: LogTest
    yes: set[int] = field(default_factory=set)
    no: set[int] = field(default_factory=set)

    def terms(self) -> list[list[bytes]]:
        """Groups of terms: of each a block has to have one."""
        alternatives = [resource_term(number) for number in self.yes]
        if len(alternatives) > _FEW_RESOURCES:
            return []
        if self.test.label == LINE:
            return [[term] for term in text_terms(self.test.contains)]
        return [[label_term(self.test.label, self.test.equals), *alternatives]] if self.test.equals else []

    def clause(self, connection: sqlite3.Connection, block: Block) -> tuple[str, list[str]] | None:
        """SQL that is true for the rows of a block that fulfil the test; None if there are none."""
        missing = self.test.accepts("")

        def wanted(value: Scalar) -> bool:
            return self.test.accepts(str(value)) != missing

        fragment = "" if missing else fragment_of(self.test.equals or self.test.contains)
        rows = rows_where(connection, (Kind.LOGS, self.test.label, block), wanted, fragment)
        if not (missing or self.yes or rows):
            return None
        one_of = "IN (SELECT value FROM json_each(?))"
        own = f"resource NOT {one_of} AND id {'NOT' if missing else ''} {one_of}"
        return f"(resource {one_of} OR {own})", [
            json.dumps(sorted(each)) for each in (self.yes, self.no, rows)
        ]

    def accepts(self, resource: int, labels: Labels, line: str) -> bool:
        """Whether one record fulfils the test."""
        if resource in self.yes or resource in self.no:
            return resource in self.yes
        return self.test.accepts(line if self.test.label == LINE else labels.get(self.test.label, ""))


def prepare(connection: sqlite3.Connection, tests: "list[LogTest]") -> list[PreparedTest]:
    """Find the resources that decide tests by themselves."""
    prepared = [PreparedTest(test) for test in tests]
    for number, (stream, metadata) in resources_of(connection).items() if prepared else ():
        labels = {**metadata, **stream}
        for each in prepared:
            if each.test.label in labels:
                (each.yes if each.test.accepts(labels[each.test.label]) else each.no).add(number)
    return prepared
