"""Ours beside contrib's instrumentation 0.66b1, whose defects are expected failures."""

import pytest


def ours_and_contrib(defect: str) -> pytest.MarkDecorator:
    """Run a test with both; an upstream fix of `defect` turns contrib's line red."""
    contrib = pytest.param("contrib", marks=pytest.mark.xfail(reason=defect, raises=AssertionError))
    return pytest.mark.parametrize("kind", ["otelkit", contrib])
