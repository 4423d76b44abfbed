"""What an exporter does around a fork in the parent: end the call under way, and go on after.

Role: part of `Waiting`, called by `otelkit.export.fork`. Convention: none.
"""

from otelkit.export.courier import Courier


class Resting:
    """The pause of a courier whose sender cannot be forked amid a call."""

    _courier: Courier

    def hold_for_fork(self) -> None:
        """Begin no further call before the fork is over."""
        if self._courier.sender.rests_during_fork:
            self._courier.hold()

    def rest_for_fork(self, deadline: float) -> None:
        """End the call under way and the connection, by the monotonic deadline."""
        if self._courier.sender.rests_during_fork:
            self._courier.rest(deadline)

    def release_after_fork(self) -> None:
        """Go on in the parent."""
        self._courier.release()
