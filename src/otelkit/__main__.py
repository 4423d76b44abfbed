"""`python -m otelkit doctor`: one line an instrumentation, exit code 1 when one emits nothing."""

import argparse
import sys

from otelkit.doctor import declared_by, examine, known
from otelkit.errors import ConfigurationError


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m otelkit")
    doctor = parser.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "doctor", help="prove that each instrumentation really emits a span"
    )
    doctor.add_argument("names", nargs="*", help="instrumentations; by default all that are registered")
    doctor.add_argument("--service", help="a service's package: those that it declares")
    options = parser.parse_args(arguments)
    try:
        names = declared_by(options.service) if options.service else options.names or known()
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    findings = [examine(name) for name in names]
    sys.stdout.writelines(f"{finding}\n" for finding in findings)
    return 0 if all(finding.healthy for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
