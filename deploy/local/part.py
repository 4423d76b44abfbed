"""What every part of the stack is described by: one process under supervisord."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One process: `ports` are those it listens on, by the setting that changes them.

    `further_ports` move with the first of these settings.
    """

    name: str
    runs_as: str
    command: tuple[str, ...]
    ports: Mapping[str, int]
    address: str
    health_url: str
    environment: Mapping[str, str]
    further_ports: Sequence[int] = ()
