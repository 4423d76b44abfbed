"""The SDK's usual samplers as two numbers, so that a decision needs no call and no result object.

Decision: a sampler counts as known when its method is the SDK's own and all it delegates to is known. What it
delegates to has no public name, so it is read with care, and anything unexpected means that the sampler is
called as usual. Convention: "Built-in samplers" of the trace SDK's specification.
"""

from typing import NamedTuple

from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, StaticSampler, TraceIdRatioBased

LOW_BITS = TraceIdRatioBased.TRACE_ID_LIMIT


class Rule(NamedTuple):
    """A trace is sampled when the low 64 bits of its id are below `bound`, or as its parent is."""

    bound: int
    follows_parent: bool = False


_ALL, _NONE = Rule(LOW_BITS + 1), Rule(0)
_STATIC: dict[object, Rule] = {Decision.RECORD_AND_SAMPLE: _ALL, Decision.DROP: _NONE}
_DELEGATES = {
    "_remote_parent_sampled": _ALL,
    "_remote_parent_not_sampled": _NONE,
    "_local_parent_sampled": _ALL,
    "_local_parent_not_sampled": _NONE,
}


def find_rule(sampler: object) -> Rule | None:
    """Give the rule of a sampler of the SDK, None for any other."""
    if not _decides_as(sampler, ParentBased):
        return _find_root(sampler)
    root = _find_root(_field(sampler, "_root"))
    as_usual = all(_find_root(_field(sampler, name)) == usual for name, usual in _DELEGATES.items())
    return Rule(root.bound, follows_parent=True) if root and as_usual else None


def _find_root(sampler: object) -> Rule | None:
    if _decides_as(sampler, StaticSampler):
        return _STATIC.get(_field(sampler, "_decision"))
    return Rule(sampler.bound) if isinstance(sampler, TraceIdRatioBased) and _is_exact(sampler) else None


def _is_exact(sampler: TraceIdRatioBased) -> bool:
    return type(sampler) is TraceIdRatioBased and "should_sample" not in vars(sampler)


def _decides_as(sampler: object, known: type[Sampler]) -> bool:
    """Whether a sampler's method is that of `known`, as the SDK's own subclasses have it."""
    return (
        isinstance(sampler, known)
        and type(sampler).should_sample is known.should_sample
        and "should_sample" not in vars(sampler)
    )


def _field(sampler: object, name: str) -> object:
    return vars(sampler).get(name)
