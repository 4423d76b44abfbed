"""The table with which `make up` ends: where everything is."""

from collections.abc import Sequence

from deploy.local.part import Part


def print_addresses(parts: Sequence[Part], everything: str) -> None:
    """Print where each part is; `everything` is what `make status` shows all of."""
    width = max(len(part.name) for part in parts)
    for part in parts:
        print(f"  {part.name.ljust(width)}  {part.address}")
    print(f"make trace shows one more, make status all {everything}, make down ends them")
