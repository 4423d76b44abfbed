"""The Makefile's own help."""

import re
import subprocess

from tests.repo.tree import ROOT

PROMISED = """
setup up down status logs run trace test lint format lock collector doctor bench k8s-up k8s-down k8s-validate
"""
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_help_lists_every_promised_target_with_its_purpose() -> None:
    output = subprocess.check_output(["make", "help"], cwd=ROOT, text=True, timeout=30)
    purposes = {line.split()[0]: line.split()[1:] for line in output.splitlines() if line.strip()}

    assert [target for target in PROMISED.split() if len(purposes.get(target, [])) < 3] == []
    assert [line for line in output.splitlines() if len(line) > 120] == []


def test_target_without_a_purpose_is_one_that_others_call() -> None:
    silent = re.findall(r"^([a-z0-9-]+):(?!.*## )(?!=)", MAKEFILE, re.MULTILINE)
    uncalled = [name for name in silent if not re.search(rf"(?<!^){re.escape(name)}\b(?!:)", MAKEFILE)]

    assert uncalled == []
