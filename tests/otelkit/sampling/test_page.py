"""The examples of docs/sampling.md run as they stand there."""

import re
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import Decision

from .parents import HIGH, LOW

PAGE = Path(__file__).parents[3] / "docs" / "sampling.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def run(example: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(example, PAGE.name, "exec"), names)  # noqa: S102 - the page's own text
    return names


def test_adaptive_sampler_is_attached_to_the_sdks_provider() -> None:
    names = run(EXAMPLES[0])
    sampler = names["sampler"]
    with names["provider"].get_tracer("t").start_as_current_span("work"):
        pass

    assert sampler._attached
    names["provider"].shutdown()


@pytest.mark.parametrize(
    ("path", "trace_id", "kept"), [("/health", HIGH, False), ("/orders", HIGH, True), ("/orders", LOW, False)]
)
def test_rules_drop_health_checks_and_keep_a_tenth_of_the_rest(path: str, trace_id: int, kept: bool) -> None:
    sampler = run(EXAMPLES[1])["sampler"]

    result = sampler.should_sample(Context(), trace_id, "GET", attributes={"url.path": path})

    assert (result.decision is Decision.RECORD_AND_SAMPLE) == kept
