"""Amounts as Kubernetes writes them, in bytes."""

import re

_UNITS = {"": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "k": 10**3, "M": 10**6, "G": 10**9}
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)([KMGT]i|[kMG]|)")


def read_bytes(quantity: str) -> int:
    """Read an amount such as `512Mi`. Raises ValueError that names it."""
    match = _QUANTITY.fullmatch(str(quantity))
    if match is None:
        raise ValueError(f"{quantity!r} is not an amount of bytes such as 512Mi or 10Gi")
    return int(float(match[1]) * _UNITS[match[2]])
