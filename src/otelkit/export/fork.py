"""What happens to exporters around os.fork.

The parent keeps its queue and sends it; the child begins with an empty one, new locks, no
thread and no connection. gRPC's C core does not survive a fork with a call under way
(https://github.com/grpc/grpc/blob/master/doc/fork_support.md), so before a fork the couriers
finish their call, for at most a second, and close their channels; a call cut off then is
offered again. With GRPC_ENABLE_FORK_SUPPORT=0 in the environment gRPC fails in children all
the same: leave it unset, or use HTTP, which needs no pause. Handlers stay registered for the
life of the process, hence one set, and weak references.
"""

import os
import time
from threading import Lock
from typing import Protocol
from weakref import WeakSet

FORK_WAIT_SECONDS = 1.0


class ForkAware(Protocol):
    """An exporter, as this module knows it."""

    def hold_for_fork(self) -> None:
        """Begin no further call before the fork is over."""

    def rest_for_fork(self, deadline: float) -> None:
        """End the call under way and the connection, by the monotonic deadline."""

    def release_after_fork(self) -> None:
        """Go on in the parent."""

    def begin_anew_in_child(self) -> None:
        """Leave everything that waits to the parent."""


_watched: WeakSet[ForkAware] = WeakSet()
_registering = Lock()
_registered: list[bool] = []


def watch(exporter: ForkAware) -> None:
    """Take care of this exporter at every fork from now on."""
    with _registering:
        _watched.add(exporter)
        if not _registered:
            os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
            _registered.append(True)


def _before() -> None:
    exporters = list(_watched)
    for exporter in exporters:
        exporter.hold_for_fork()
    deadline = time.monotonic() + FORK_WAIT_SECONDS
    for exporter in exporters:
        exporter.rest_for_fork(deadline)


def _in_parent() -> None:
    for exporter in list(_watched):
        exporter.release_after_fork()


def _in_child() -> None:
    for exporter in list(_watched):
        exporter.begin_anew_in_child()
