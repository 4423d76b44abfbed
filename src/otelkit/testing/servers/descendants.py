"""All processes below one, from Linux' /proc: servers put their helpers into process groups of their own.

Where there is no /proc none are found, and only the process group is reached.
"""

from collections import defaultdict
from pathlib import Path


def descendants_of(pid: int) -> list[int]:
    """Give the children of a process, theirs, and so on; those that end meanwhile may be missing."""
    children: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(errors="replace")
        except OSError:
            continue
        # After the name, which may hold spaces and brackets: state, then the parent.
        children[int(text.rpartition(")")[2].split()[1])].append(int(stat.parent.name))
    found, waiting = [], [pid]
    while waiting:
        below = children[waiting.pop()]
        found += below
        waiting += below
    return found
