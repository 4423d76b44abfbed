"""The `ot` member of a tracestate: threshold, explicit randomness, and what others keep there.

Decision: a malformed sub-key is left out and the others are kept. What the SDK reads with `int()`, as `+8`,
`0x8` and `8_0`, is malformed. A threshold of 2**56 cannot be written: it means never.
(https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/)
"""

import re
from typing import NamedTuple

from opentelemetry.trace import TraceState

from otelkit.propagation.tracestate import EMPTY, Level2TraceState

OT = "ot"
MAX_CHARACTERS = 256
_SUB_KEY = re.compile(r"([a-z][a-z0-9]*):([A-Za-z0-9._-]*)")
_THRESHOLD, _RANDOMNESS = re.compile("[0-9a-f]{1,14}"), re.compile("[0-9a-f]{14}")
_DIGITS = 14


class OtMember(NamedTuple):
    """What is known: None for what is not; `others` as they came."""

    threshold: int | None = None
    randomness: int | None = None
    others: tuple[str, ...] = ()


NOTHING = OtMember()


def read_ot(state: TraceState | None) -> OtMember:
    """Read the `ot` member; of a sub-key that comes twice the first counts."""
    text = state.get(OT, "") if state else ""
    if not text or len(text) > MAX_CHARACTERS:
        return NOTHING
    found: dict[str, str] = {}
    for sub_key in text.split(";"):
        match = _SUB_KEY.fullmatch(sub_key)
        if match:
            found.setdefault(match[1], match[2])
    threshold, randomness = found.pop("th", ""), found.pop("rv", "")
    return OtMember(
        int(threshold.ljust(_DIGITS, "0"), 16) if _THRESHOLD.fullmatch(threshold) else None,
        int(randomness, 16) if _RANDOMNESS.fullmatch(randomness) else None,
        tuple(f"{key}:{value}" for key, value in found.items()),
    )


def write_ot(state: TraceState | None, member: OtMember) -> TraceState:
    """Give `state` with this `ot` member first, or without one when there is nothing to say."""
    text = _format(member)
    if not state:
        return Level2TraceState([(OT, text)]) if text else EMPTY
    if text:
        if state.get(OT) == text:
            return state
        # The API's own would not add a member where there are 32 already.
        known = state if isinstance(state, Level2TraceState) else Level2TraceState([*state.items()])
        return known.update(OT, text)
    return state.delete(OT) if OT in state else state


def _format(member: OtMember) -> str:
    parts = [] if member.threshold is None else [f"th:{format_threshold(member.threshold)}"]
    if member.randomness is not None:
        parts.append(f"rv:{member.randomness:0{_DIGITS}x}")
    parts += member.others
    while len(text := ";".join(parts)) > MAX_CHARACTERS:
        parts.pop()
    return text


def format_threshold(threshold: int) -> str:
    """Write the hexadecimal digits, without zeros at the end."""
    return f"{threshold:0{_DIGITS}x}".rstrip("0") or "0"
