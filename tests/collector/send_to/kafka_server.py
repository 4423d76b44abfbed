"""A Kafka broker: KAFKA_BROKERS, else a container, else kafka_broker/, in memory, which Go builds once."""

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from collector.cache import cache_folder
from collector.toolchain import build_environment, find_go
from otelkit.testing.ports import free_port
from otelkit.testing.servers.engine import require_engine
from otelkit.testing.servers.server import UnavailableError

SOURCE = Path(__file__).with_name("kafka_broker")
INPUTS = ("main.go", "go.mod", "go.sum")


@contextmanager
def any_broker() -> Iterator[tuple[str, str]]:
    """Give address and source of a broker. Raises NoGo or CalledProcessError when nothing can be had."""
    if given := os.environ.get("KAFKA_BROKERS", "").strip():
        yield given, "KAFKA_BROKERS"
        return
    try:
        require_engine()
    except UnavailableError:
        with own_broker() as address:
            yield address, "kfake, in memory"
        return
    with import_module("testcontainers.kafka").KafkaContainer() as container:
        yield container.get_bootstrap_server(), "a container"


@contextmanager
def own_broker(*flags: str) -> Iterator[str]:
    """Start the broker in memory; it ends with us, however we end."""
    command = [str(broker_program()), "--port", str(free_port()), *flags]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def broker_program() -> Path:
    """Build the broker unless it is in the cache."""
    go = find_go()
    digest = hashlib.sha256(b"\0".join((SOURCE / name).read_bytes() for name in INPUTS)).hexdigest()[:16]
    program = cache_folder().with_name("kafka-broker") / f"{digest}-{go.version}"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=program.parent) as folder:
            made = Path(folder) / "kafka-broker"
            build = [
                go.program,
                "build",
                "-mod=readonly",
                "-trimpath",
                "-buildvcs=false",
                "-o",
                str(made),
                ".",
            ]
            subprocess.run(build, cwd=SOURCE, env=build_environment(os.environ), check=True, timeout=600)
            made.rename(program)  # atomic: two builds at once give one program
    return program
