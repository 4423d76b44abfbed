"""The sampler that asks another one about spans without a parent, and follows the parent of all others.

The SDK's ParentBased does so, too, but looks at no tracestate; its `composable_parent_threshold` decides as
this one does, and takes several times as long for each span that nobody keeps. Convention:
"ComposableParentThreshold" of the trace SDK's specification.
"""

from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import Sampler, SamplingResult
from opentelemetry.trace import Link, SpanKind, TraceState, get_current_span
from opentelemetry.util.types import Attributes

from otelkit.sampling.parent import follow


class ParentFollowingSampler(Sampler):
    """`root` decides on traces that begin here."""

    def __init__(self, root: Sampler) -> None:
        self._root = root

    def should_sample(  # noqa: PLR0913, PLR0917 - the SDK's signature
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """Follow the parent, or ask."""
        parent = get_current_span(parent_context).get_span_context()
        if parent.is_valid:
            return follow(parent, attributes)
        return self._root.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        """Name the root's sampler."""
        return f"ParentFollowingSampler{{{self._root.get_description()}}}"
