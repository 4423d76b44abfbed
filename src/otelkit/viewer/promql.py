"""A part of PromQL: one vector selector, `http_server_request_duration_seconds_count{service_name="shop"}`.

https://prometheus.io/docs/prometheus/latest/querying/basics/ has the whole language.
"""

import re

from otelkit.viewer.matchers import Matcher, Reader
from otelkit.viewer.metric_labels import NAME

_SUPPORTED = (
    'supported is one selector: name{label="value", ...} with = != =~ !~, without functions and operators'
)
_METRIC = re.compile(r"\s*([A-Za-z_:][\w:]*)\s*", re.ASCII)
_NOT_EMPTY = "vector selector must contain at least one non-empty matcher"


def parse_selector(text: str) -> list[Matcher]:
    """Matchers of a selector, that of the name among them; raises ValueError that says what is supported."""
    reader = Reader(text, _SUPPORTED)
    matchers = []
    if (name := reader.take(_METRIC)) is not None:
        matchers.append(Matcher(NAME, "=", name[1]))
    if name is None or reader.rest:
        matchers += reader.matchers()
    if reader.rest:
        reader.refuse()
    if all(each.accepts("") for each in matchers):
        raise ValueError(_NOT_EMPTY)
    return matchers
