"""Callers to the left of what they call: in which layer each node stands, also where calls go in a ring."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

Pair = tuple[str, str]


def without_rings(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs with those turned around that would close a ring; self-calls are left out."""
    callees: dict[str, list[str]] = defaultdict(list)
    called = set()
    for caller, callee in sorted(set(pairs)):
        if caller != callee:
            callees[caller].append(callee)
            called.add(callee)
    # From those that nobody calls, so that a ring is cut where it is entered.
    starts = sorted(set(callees) - called) + sorted(callees)
    turned = set()
    state: dict[str, int] = {}  # 1 while its callees are walked, then 2
    for start in starts:
        waiting = [(start, iter(callees[start]))] if start not in state else []
        state.setdefault(start, 1)
        while waiting:
            here, rest = waiting[-1]
            callee = next(rest, "")
            if not callee:
                state[here] = 2
                waiting.pop()
            elif state.get(callee) == 1:
                turned.add((here, callee))
            elif callee not in state:
                state[callee] = 1
                waiting.append((callee, iter(callees.get(callee, ()))))
    every = {(caller, callee) for caller, found in callees.items() for callee in found}
    return sorted((every - turned) | {(callee, caller) for caller, callee in turned})


def layer_of_each(nodes: Sequence[str], pairs: Sequence[Pair]) -> dict[str, int]:
    """One more than the deepest caller's layer; `pairs` have no rings."""
    callees: dict[str, list[str]] = defaultdict(list)
    callers_left = dict.fromkeys(nodes, 0)
    for caller, callee in pairs:
        callees[caller].append(callee)
        callers_left[callee] += 1
    layers = dict.fromkeys(nodes, 0)
    ready = [node for node in nodes if not callers_left[node]]
    for node in ready:  # grows while it is walked
        for callee in callees[node]:
            layers[callee] = max(layers[callee], layers[node] + 1)
            callers_left[callee] -= 1
            if not callers_left[callee]:
                ready.append(callee)
    return layers
