"""python -m deploy.k8s validate | up [OVERLAY] | down: what the make targets k8s-* call."""

import sys
from collections.abc import Sequence

from deploy.k8s.cluster import bring_down, bring_up
from deploy.k8s.errors import ClusterError
from deploy.k8s.programs import Programs
from deploy.k8s.validate import Report, check, overlays


def validate() -> int:
    """Print one line for each overlay and what is wrong with it; 1 if anything is."""
    reports = [check(folder) for folder in overlays()]
    for report in reports:
        print(_line(report))
        for finding in report.findings:
            print(f"  {finding}")
    return int(any(report.findings for report in reports))


def _line(report: Report) -> str:
    verdict = f"{len(report.findings)} findings" if report.findings else "good"
    parts = f"{len(report.manifests.documents)} manifests, {report.collectors} Collectors"
    line = f"{report.name}: {parts}: {verdict}"
    if report.by_schema_only:
        line += f" (only by schema, not in this Collector: {', '.join(report.by_schema_only)})"
    return line


def main(arguments: Sequence[str]) -> int:
    """Run one command; errors are one line."""
    try:
        match list(arguments):
            case ["validate"]:
                return validate()
            case ["up", *overlay]:
                bring_up(overlay[0] if overlay else "local", Programs())
            case ["down"]:
                bring_down(Programs())
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
