"""`make lock`: writes collector/go.mod and go.sum anew from builder-config.yaml.

The builder's own `go mod tidy` also walks the tests of dependencies and stumbles when one of their modules
is not to be had; `go build -mod=mod` then adds what is really imported.
"""

import os
import shutil
import sys
from pathlib import Path

from collector.build import install_builder, only_builder, say
from collector.cache import cache_folder
from collector.steps import BuildFailed, Step, run_step
from collector.toolchain import FOLDER, NoGo, build_environment, find_go


def lock() -> None:
    """Resolve the modules and put the two files into the tree. Raises NoGo and BuildFailed."""
    go = find_go()
    environ = build_environment(os.environ)
    with only_builder(cache_folder()) as folder:
        run_step(install_builder(go, folder), environ, say)
        shutil.copy(FOLDER / "builder-config.yaml", folder)
        command = [str(folder / "builder"), "--config", "builder-config.yaml", "--skip-compilation"]
        try:
            run_step(Step("resolve the modules", command, folder), environ, say)
        except BuildFailed as failure:
            say(f"{failure}\ncollector: resolving only what is imported instead")
            command = [go.program, "build", "-mod=mod", "-o", os.devnull, "."]
            run_step(Step("resolve the imports", command, folder / "build"), environ, say)
        for name in ("go.mod", "go.sum"):
            Path(shutil.copy(folder / "build" / name, FOLDER / name)).chmod(0o644)


def main() -> int:
    """Run, with errors as one block on stderr."""
    try:
        lock()
    except (NoGo, BuildFailed) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
