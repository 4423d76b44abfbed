"""What the courier needs of a protocol: offer one payload, and let go of it."""

from typing import Protocol as Interface

from otelkit.export.destination import Destination, Protocol
from otelkit.export.grpc_sender import GrpcSender
from otelkit.export.http_sender import HttpSender
from otelkit.export.outcome import Outcome


class Sender(Interface):
    """One connection to one destination, used by one thread at a time."""

    rests_during_fork: bool

    def send(self, payload: bytes, most_seconds: float) -> Outcome:
        """Offer once, within the destination's timeout and `most_seconds`; no network error is raised."""

    def cancel(self) -> None:
        """End a `send` that another thread waits in; a later `send` connects anew."""

    def close(self) -> None:
        """Let go of the connection; a later `send` connects anew."""

    def forget_inherited(self) -> None:
        """In a forked child: drop the parent's connection without a word to the server."""


def make_sender(destination: Destination) -> Sender:
    """Make the sender for the destination's protocol; it connects at the first payload."""
    return GrpcSender(destination) if destination.protocol is Protocol.GRPC else HttpSender(destination)
