import pytest

from otelkit.redaction import AllowList
from tests.otelkit.redaction.pipeline import Pipeline


@pytest.fixture
def pipeline() -> Pipeline:
    return Pipeline(AllowList())
