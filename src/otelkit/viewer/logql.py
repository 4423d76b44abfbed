"""A part of LogQL: a stream selector, then line filters and label filters.

    {service_name="shop", service_version=~"1.*"} |= "declined" | trace_id="5b8e..." | shop_order_id != ""

Line filters: |= != |~ !~. Label filters: = == != =~ !~ on text and > >= < <= on numbers, several joined by
commas or `and`. https://grafana.com/docs/loki/latest/query/log_queries/ has the whole language.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from otelkit.viewer.conditions import Condition, holds
from otelkit.viewer.log_labels import LINE
from otelkit.viewer.log_tests import LogTest
from otelkit.viewer.matchers import STRING, Matcher, Reader, checked, unquoted
from otelkit.viewer.regular_expressions import expression

_SUPPORTED = (
    'supported is {label="value", ...} with = != =~ !~, then |= != |~ !~ "text" '
    'and | label="value" with = != =~ !~ > >= < <='
)
_LINE_FILTER = re.compile(rf"\s*(\|=|!=|\|~|!~)\s*({STRING})\s*")
_PIPE = re.compile(r"\s*\|(?![=~>|])\s*")
_LABEL_FILTER = re.compile(
    rf"\s*([A-Za-z_]\w*)\s*(=~|!~|!=|==|>=|<=|=|>|<)\s*({STRING}|-?\d{{1,18}}(?:\.\d{{1,18}})?)\s*", re.ASCII
)
_AND = re.compile(r"(?:,|and\b)\s*")
_NO_SELECTION = (
    "queries require at least one regexp or equality matcher that does not have an empty-compatible value. "
    'For instance, app=~".*" does not meet this requirement, but app=~".+" will'
)


@dataclass(frozen=True)
class LogQuery:
    """Matchers of streams, and tests of each record in them."""

    streams: Sequence[Matcher]
    tests: Sequence[LogTest]


def parse_logql(text: str) -> LogQuery:
    """Parse a log query; raises ValueError that says what is supported."""
    reader = Reader(text, _SUPPORTED)
    streams, tests = reader.matchers(), list[LogTest]()
    if all(each.accepts("") for each in streams):
        raise ValueError(_NO_SELECTION)
    while reader.rest:
        if (line := reader.take(_LINE_FILTER)) is not None:
            tests.append(_line_test(line[1], unquoted(line[2])))
            continue
        if reader.take(_PIPE) is None:
            reader.refuse()
        tests += _label_tests(reader)
    return LogQuery(streams, tests)


def _line_test(operator: str, text: str) -> LogTest:
    wanted = operator.startswith("|")
    if operator.endswith("~"):
        matches = expression(text, anywhere=True)
        return LogTest(LINE, lambda line: matches(line) == wanted)
    return LogTest(LINE, lambda line: (text in line) == wanted, contains=text if wanted else "")


def _label_tests(reader: Reader) -> list[LogTest]:
    tests: list[LogTest] = []
    while not tests or reader.take(_AND) is not None:
        match = reader.take(_LABEL_FILTER)
        if match is None:
            reader.refuse()
        name, operator, literal = match[1], match[2], match[3]
        if literal[0] not in '"`':
            tests.append(_number_test(name, operator, float(literal)))
        elif operator in ("=", "!=", "=~", "!~"):
            matcher = checked(Matcher(name, operator, unquoted(literal)))
            equals = matcher.value if operator == "=" else ""
            tests.append(LogTest(name, matcher.accepts, equals=equals))
        else:
            reader.refuse()
    return tests


def _number_test(name: str, operator: str, number: float) -> LogTest:
    if operator in ("=~", "!~"):
        raise ValueError(f"{operator} compares texts: write {name} {operator} `{number:g}`")
    condition = Condition(name, "=" if operator == "==" else operator, number)

    def accepts(text: str) -> bool:
        try:
            return holds(float(text), condition)
        except ValueError:
            return False

    return LogTest(name, accepts)
