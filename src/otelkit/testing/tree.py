"""The tree that tests compare: text, of a type that pytest explains side by side.

It is a `str`, so it compares with a literal as well as with a README's block, and prints as it is.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from otelkit.traces import Span


class TraceTree(str):
    """Lines `name [KIND] STATUS` as `otelkit.traces.render_tree` draws them."""

    __slots__ = ()


def trace_tree(spans: "Iterable[Span]", **options: Any) -> TraceTree:
    """Draw `spans`; `options` are those of `otelkit.traces.render_tree` (`events`, `order`, `label`)."""
    from otelkit.traces import render_tree  # noqa: PLC0415 - the pytest plugin imports this module

    return TraceTree(render_tree(spans, **options))
