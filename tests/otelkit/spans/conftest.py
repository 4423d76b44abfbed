"""Both providers, the SDK's and ours, with what they export."""

import pytest

from .sides import Side, both


@pytest.fixture(scope="module")
def sides() -> tuple[Side, Side]:
    return both()
