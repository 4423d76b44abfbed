"""`python -m deploy.grafana [--check]`: writes what is generated, or says what differs from it."""

import sys
from collections.abc import Sequence

from deploy.grafana.rendering import outdated, write
from deploy.grafana.rule_files import ROOT


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Write, or with `--check` only compare; 1 when something differs."""
    if arguments not in ((), ("--check",)):
        print(f"usage: python -m deploy.grafana [--check], not {' '.join(arguments)}", file=sys.stderr)
        return 2
    differing = outdated()
    if not arguments:
        write(differing)
    for file in differing:
        print(f"{file.relative_to(ROOT)}: {'differs: run `make dashboards`' if arguments else 'written'}")
    return 1 if arguments and differing else 0


if __name__ == "__main__":
    sys.exit(main())
