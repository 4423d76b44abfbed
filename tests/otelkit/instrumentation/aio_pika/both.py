"""A check of ours, and of upstream's with its defect as a strict xfail."""

import pytest
from opentelemetry.instrumentation.aio_pika import AioPikaInstrumentor as UpstreamInstrumentor

from otelkit.instrumentation.aio_pika import AioPikaInstrumentor


def both(defect: str, raises: type[Exception] = AssertionError) -> pytest.MarkDecorator:
    """Check ours, and upstream's with its defect."""
    upstream = pytest.param(
        UpstreamInstrumentor, id="upstream", marks=pytest.mark.xfail(reason=defect, raises=raises)
    )
    return pytest.mark.parametrize(
        "instrumentor", [pytest.param(AioPikaInstrumentor, id="otelkit"), upstream]
    )
