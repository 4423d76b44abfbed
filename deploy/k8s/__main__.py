"""python -m deploy.k8s validate|up|down: what the make targets k8s-* call."""

import sys
from collections.abc import Sequence

from deploy.k8s.errors import ClusterError
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
    commands = {"validate": validate}
    command = commands.get(arguments[0] if arguments else "")
    if command is None:
        print(f"python -m deploy.k8s {'|'.join(commands)}", file=sys.stderr)
        return 2
    try:
        return command()
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
