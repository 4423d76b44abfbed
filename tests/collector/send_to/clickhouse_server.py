"""ClickHouse's HTTP interface as far as its driver asks: hello, CREATE, DESCRIBE and INSERT, nothing else.

Tables are those that CREATE made, so an INSERT with a column that no CREATE had fails as in ClickHouse.
"""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.collector.send_to.clickhouse_native import read_block, write_block
from tests.collector.send_to.recorder import Answer, HttpRecorder, Request

_TABLE = re.compile(r'["`]?(\w+)["`]?\.["`]?(\w+)["`]?')
_COLUMN = re.compile(r"^\s*`?([\w.]+)`? ((?:Nested \($)|\w+(?:\((?:[^()]|\([^()]*\))*\))?)(.*)$")
_DESCRIPTION = ("name", "type", "default_type", "default_expression", "comment", "codec_expression", "ttl")


class ClickHouse(HttpRecorder):
    """Keeps what was inserted in `rows`, by table."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.tables: dict[str, list[tuple[str, str, str]]] = {}  # name, type, MATERIALIZED or nothing
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def _answer(self, request: Request) -> Answer:
        parameters = parse_qs(urlsplit(request.path).query)
        revision = int(parameters["client_protocol_version"][0])
        query = parameters["query"][0] if "query" in parameters else request.body.decode()
        verb = query.split()[0].upper()
        if verb == "SELECT":
            return 200, _hello(query, revision)
        if verb in ("DESC", "DESCRIBE"):
            return self._describe(_table_of(query), revision)
        if verb == "CREATE":
            if query.split()[1].upper() == "TABLE":
                self.tables[_table_of(query)] = _columns_of(query)
            return 200, b""
        if verb == "INSERT" and _table_of(query) in self.tables:
            self.rows.setdefault(_table_of(query), []).extend(read_block(request.body))
            return 200, b""
        return 400, f"Code: 62. DB::Exception: not understood: {query}".encode()

    def _describe(self, table: str, revision: int) -> Answer:
        if table not in self.tables:
            return 404, f"Code: 60. DB::Exception: Table {table} does not exist".encode()
        columns = [(*one, "", "", "", "") for one in self.tables[table]]
        described = [
            (name, "String", [column[index] for column in columns]) for index, name in enumerate(_DESCRIPTION)
        ]
        return 200, write_block(revision, described)


def _hello(query: str, revision: int) -> bytes:
    assert query.startswith("SELECT displayName(), version(), revision(), timezone()"), query
    return write_block(
        revision,
        [
            ("displayName()", "String", ["recorder"]),
            ("version()", "String", ["25.8.1.1"]),
            ("revision()", "UInt32", [revision]),
            ("timezone()", "String", ["UTC"]),
        ],
    )


def _table_of(query: str) -> str:
    found = _TABLE.search(query)
    assert found, query
    return found[2]


def _columns_of(query: str) -> list[tuple[str, str, str]]:
    """Read the columns of a CREATE TABLE; those of a Nested become arrays `Outer.inner`."""
    columns, outer = [], ""
    for line in query.partition("(\n")[2].splitlines():
        if line.strip().startswith((")", "INDEX")):
            outer = ""
            continue
        if (found := _COLUMN.match(line)) is None:
            continue
        name, kind, rest = found.groups()
        if kind.startswith("Nested"):
            outer = name
        elif outer:
            columns.append((f"{outer}.{name}", f"Array({kind})", ""))
        else:
            columns.append((name, kind, "MATERIALIZED" if rest.startswith(" MATERIALIZED") else ""))
    return columns
