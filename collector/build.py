"""Builds the Collector with the OpenTelemetry Collector Builder and prints the path of the binary.

The builder writes the Go sources from builder-config.yaml; the committed go.mod and go.sum are put over
the ones it wrote, and `go build -mod=readonly` refuses to resolve anything else: every machine builds the
same. Standard library only, because `make up` builds it beside the virtual environment.

    python3 -m collector.build [vendors] [--if-possible]
"""

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from collector.cache import binary_path, cache_folder
from collector.distributions import ALL, BASE, Distribution
from collector.steps import BuildFailed, Step, run_step
from collector.toolchain import Go, NoGo, build_environment, find_go

BUILDER = "go.opentelemetry.io/collector/cmd/builder@v0.155.0"


def build(environ: Mapping[str, str] = os.environ, distribution: Distribution = BASE) -> Path:
    """Build the Collector unless it is in the cache. Raises NoGo and BuildFailed."""
    go = find_go(environ)
    binary = binary_path(go.version, environ, distribution)
    if binary.exists():
        return binary
    with only_builder(cache_folder(environ)) as folder:
        if not binary.exists():  # another process may have built it while this one waited
            _build_into(folder, binary, go, distribution, build_environment(environ))
    return binary


@contextmanager
def only_builder(cache: Path) -> Iterator[Path]:
    """Hold the one lock on building; gives an empty folder that is gone afterwards, also after a crash."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process is building the Collector, waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        for stale in cache.glob("building-*"):
            shutil.rmtree(stale, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix="building-", dir=cache) as folder:
            yield Path(folder)


def install_builder(go: Go, folder: Path) -> Step:
    """Describe the step that compiles the builder itself into `folder`."""
    return Step("compile the builder", [go.program, "install", "-v", BUILDER], folder, {"GOBIN": str(folder)})


def generate(folder: Path, distribution: Distribution) -> Step:
    """Describe the step that writes the Go sources into `folder`/build."""
    distribution.write_sources(folder)
    flags = ["--config", "builder-config.yaml", "--skip-compilation", "--skip-get-modules"]
    return Step("write the sources", [str(folder / "builder"), *flags], folder)


def _build_into(
    folder: Path, binary: Path, go: Go, distribution: Distribution, environ: Mapping[str, str]
) -> None:
    say(f"building the Collector with {go.version}: minutes the first time, then cached in {binary.parent}")
    run_step(install_builder(go, folder), environ, say)
    run_step(generate(folder, distribution), environ, say)
    for name in ("go.mod", "go.sum"):
        shutil.copy(distribution.folder / name, folder / "build" / name)
    output = folder / "out"
    output.mkdir()
    flags = [
        "-v",
        "-mod=readonly",
        "-trimpath",
        "-buildvcs=false",
        "-ldflags=-s -w",
        "-o",
        str(output / "otelcol"),
    ]
    run_step(
        Step("compile the Collector", [go.program, "build", *flags, "."], folder / "build"), environ, say
    )
    output.rename(binary.parent)  # atomic: a half-built Collector is never seen under its name


def say(line: str) -> None:
    """Report progress on stderr; stdout is for the result."""
    print(f"collector: {line}", file=sys.stderr, flush=True)  # noqa: T201 - a program for the terminal


def main() -> int:
    """Build, and print the path; with `--if-possible` it is for `make up` to say that there is no Go."""
    optional = "--if-possible" in sys.argv[1:]
    distribution = next((one for one in ALL if one.name in sys.argv[1:]), BASE)
    try:
        binary = build(distribution=distribution)
    except (NoGo, BuildFailed) as error:
        if not (optional and isinstance(error, NoGo)):
            say(str(error))
        return 0 if optional else 1
    if not optional:
        print(binary)  # noqa: T201 - the result, for scripts
    return 0


if __name__ == "__main__":
    sys.exit(main())
