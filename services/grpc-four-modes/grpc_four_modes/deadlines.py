"""The caller's deadline, handed on: whoever we ask for it gets no more time than is left.

grpc for Python does not propagate deadlines by itself; without this a warehouse would work on for callers
that left long since.
"""

from grpc_four_modes.contexts import AnyContext
from grpc_four_modes.refusals import OutOfTime

MARGIN_SECONDS = 0.05  # to still answer with a status of our own
LEAST_SECONDS = 0.01


def seconds_for_downstream(context: AnyContext, most_seconds: float) -> float:
    """Time that a downstream call may take: `most_seconds`, or what the caller's deadline leaves.

    Raises:
        OutOfTime: too little is left to begin at all.
    """
    remaining: float | None = context.time_remaining()
    if remaining is None:
        return most_seconds
    if remaining < MARGIN_SECONDS + LEAST_SECONDS:
        raise OutOfTime("the deadline leaves no time to ask the warehouse")
    return min(most_seconds, remaining - MARGIN_SECONDS)
