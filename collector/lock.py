"""`make lock`: writes go.mod and go.sum of each distribution anew from its builder-config.yaml.

The builder's own `go mod tidy` also walks the tests of dependencies and stumbles when one of their modules
is not to be had; `go build -mod=mod` then adds what is really imported.
"""

import os
import shutil
import sys
from pathlib import Path

from collector.build import install_builder, only_builder, say
from collector.cache import cache_folder
from collector.distributions import ALL, Distribution
from collector.steps import BuildFailed, Step, run_step
from collector.toolchain import NoGo, build_environment, find_go


def lock(distribution: Distribution) -> None:
    """Resolve the modules and put the two files into the tree. Raises NoGo and BuildFailed."""
    go = find_go()
    environ = build_environment(os.environ)
    with only_builder(cache_folder()) as folder:
        run_step(install_builder(go, folder), environ, say)
        distribution.write_sources(folder)
        command = [str(folder / "builder"), "--config", "builder-config.yaml", "--skip-compilation"]
        try:
            run_step(Step("resolve the modules", command, folder), environ, say)
        except BuildFailed as failure:
            say(f"{failure}\ncollector: resolving only what is imported instead")
            command = [go.program, "build", "-mod=mod", "-trimpath", "-o", os.devnull, "."]
            run_step(Step("resolve the imports", command, folder / "build"), environ, say)
        mod = folder / "build" / "go.mod"
        mod.write_text(mod.read_text().replace(str(folder), ".."))  # the modules of this repository
        for name in ("go.mod", "go.sum"):
            Path(shutil.copy(folder / "build" / name, distribution.folder / name)).chmod(0o644)


def main() -> int:
    """Run, with errors as one block on stderr."""
    try:
        for distribution in [one for one in ALL if one.name in sys.argv[1:]] or ALL:
            say(f"locking {distribution.name}")
            lock(distribution)
    except (NoGo, BuildFailed) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
