"""Writes the Python code of proto/ anew: `make proto`, or `python proto/generate.py FOLDER` elsewhere.

The proto folder is given under the name of the Python package that the code goes into; otherwise the
generated modules would import each other as if they lay at the top
(https://github.com/grpc/grpc/issues/9575).
"""

import sys
from pathlib import Path

from grpc_tools import protoc  # type: ignore[import-untyped]  # no stubs

HERE = Path(__file__).resolve().parent
PACKAGE = "grpc_four_modes/generated"


def generate(folder: Path) -> None:
    """Write messages, services and their types below `folder`. Raises SystemExit when protoc refuses."""
    plugin = Path(sys.executable).with_name("protoc-gen-mypy")
    arguments = [
        "protoc",
        f"--proto_path={PACKAGE}={HERE}",
        *(f"--{kind}_out={folder}" for kind in ("python", "grpc_python", "mypy", "mypy_grpc")),
        *(f"--plugin={plugin.name}{end}={plugin}{end}" for end in ("", "_grpc")),
        *(f"{PACKAGE}/{proto.name}" for proto in sorted(HERE.glob("*.proto"))),
    ]
    code = protoc.main(arguments)
    if code:
        raise SystemExit(code)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if sys.argv[1:] else HERE.parent)
