"""All of this holds with SQLAlchemy 2.1 too, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import sqlalchemy

NEXT = Path(sys.prefix) / "next"
HERE = Path(__file__).parent
ONLY_LOCKED = (Path(__file__).name, "test_upstream_defects.py")


def test_all_of_this_holds_with_the_next_sqlalchemy() -> None:
    environment = {**os.environ, "PYTHONPATH": str(NEXT)}
    version = "import sqlalchemy; print(sqlalchemy.__version__)"
    found = subprocess.check_output([sys.executable, "-c", version], env=environment, text=True, timeout=30)
    assert found.startswith("2.1."), f"{found.strip()} in {NEXT}: make setup"
    assert sqlalchemy.__version__.startswith("2.0.")

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE)]
    command += [f"--ignore={HERE / name}" for name in ONLY_LOCKED]
    done = subprocess.run(
        command,
        env=environment,
        cwd=HERE.parents[3],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stdout
