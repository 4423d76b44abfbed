"""Prometheus that takes remote writes, with the rules of the stack: PROMETHEUS_BIN, else Debian's."""

import os
from collections.abc import Sequence
from pathlib import Path

import yaml
from typing_extensions import override

from deploy.local.settings import ROOT
from otelkit.testing.servers.probing import first_answer
from otelkit.testing.servers.process import ProcessServer
from otelkit.testing.servers.program import program_of
from otelkit.testing.servers.recipe import Recipe

RULES = ROOT / "deploy" / "backends" / "rules"
_EVALUATED_EVERY = "2s"
_CONFIG = {
    "global": {"evaluation_interval": _EVALUATED_EVERY},
    "storage": {"tsdb": {"out_of_order_time_window": "30m"}, "exemplars": {"max_exemplars": 100_000}},
}


class Prometheus(Recipe):
    """One without targets; `rules` is a folder of rule files."""

    name = "prometheus"
    variables = ()
    image = "prom/prometheus"
    port = 9090
    program = "prometheus"
    package = "prometheus"

    def __init__(self, rules: Path) -> None:
        self._rules = rules

    @override
    def url(self, host: str, port: int) -> str:
        return f"http://{host}:{port}"

    @override
    def command(self, program: Path, folder: Path, port: int) -> Sequence[str]:
        return [
            str(program),
            f"--config.file={self._rules / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--web.enable-remote-write-receiver",
            "--enable-feature=exemplar-storage",
            "--log.level=warn",
        ]

    @override
    def is_ready(self, host: str, port: int) -> bool:
        return b" 200 " in first_answer(host, port, b"GET /-/ready HTTP/1.1\r\nHost: x\r\n\r\n")


def start_prometheus(folder: Path) -> ProcessServer:
    """Start one; `folder` takes its configuration. Raises ServerError when there is none to be had."""
    files = impatient_rules(folder)
    (folder / "prometheus.yml").write_text(yaml.safe_dump({**_CONFIG, "rule_files": files}))
    recipe = Prometheus(folder)
    given = os.environ.get("PROMETHEUS_BIN", "")
    return ProcessServer(recipe, Path(given) if given else program_of(recipe, os.environ, print))


def impatient_rules(folder: Path) -> list[str]:
    """Write the stack's rules anew so that they are evaluated every two seconds; the files' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for file in sorted(RULES.glob("*.yaml")):
        rules = yaml.safe_load(file.read_text())
        for group in rules["groups"]:
            group["interval"] = _EVALUATED_EVERY
        (folder / file.name).write_text(yaml.safe_dump(rules))
        written.append(str(folder / file.name))
    return written
