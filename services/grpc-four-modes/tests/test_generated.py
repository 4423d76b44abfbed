"""The generated code is that of the proto file, word for word."""

import subprocess
import sys
from pathlib import Path

SERVICE = Path(__file__).parents[1]
GENERATED = "grpc_four_modes/generated"


def test_generated_code_has_not_drifted_from_the_proto(tmp_path: Path) -> None:
    command = [sys.executable, str(SERVICE / "proto/generate.py"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)

    fresh = {path.name: path.read_text() for path in (tmp_path / GENERATED).iterdir()}
    kept = {path.name: path.read_text() for path in (SERVICE / GENERATED).glob("stock_*")}
    assert len(fresh) == 4
    assert kept == fresh, "make proto"
