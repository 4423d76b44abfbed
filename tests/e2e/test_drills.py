"""The drills, shortened: the same programs as `make drill`, held to the same targets."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("drill", "options"),
    [
        ("backends_killed", ["--seconds", "5"]),
        ("collector_outage", ["--seconds", "15", "--rates", "500"]),
        ("database_kills", ["--clients", "50", "--seconds", "9"]),
        ("nats_fuzzed", ["--count", "2000"]),
        ("nats_kills", ["--kills", "2"]),
        ("operator_faults", ["--faults", "40", "--down-seconds", "2"]),
        ("overload", ["--seconds", "10"]),
        ("rabbitmq_fuzzed", ["--count", "2000"]),
        ("rabbitmq_kills", ["--kills", "2"]),
        ("sigterm", ["--rounds", "3"]),
        ("sustained_spans", ["--seconds", "5"]),
        ("two_backends", ["--seconds", "5", "--kills", "2"]),
        ("grpc_cancelled", ["--count", "1000"]),
        ("grpc_fuzzed", ["--count", "2000"]),
        ("grpc_memory", ["--seconds", "5"]),
        ("hostile_headers", ["--count", "2000"]),
        ("hostile_payloads", ["--count", "200"]),
    ],
)
def test_drill_meets_its_targets(drill: str, options: list[str]) -> None:
    command = [sys.executable, "-m", "tests.e2e.drills", drill, *options]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)

    assert process.returncode == 0, process.stdout + process.stderr
    assert "MISSED" not in process.stdout
    assert "met" in process.stdout
