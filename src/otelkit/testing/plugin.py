"""The pytest plugin. It loads in every pytest run, so it imports nothing heavy before a fixture is used.

Fixtures: `otlp_sink`, `readme_trace`, `readme_table`, `reset_telemetry`, and of each server (see
`otelkit.testing.servers`) `NAME_server` and `own_NAME_server`. Option: `--readme-rewrite`.
"""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

from otelkit.testing.expected import ReadmeTraces
from otelkit.testing.explain import add_sections, explain
from otelkit.testing.servers.fixtures import server_fixtures
from otelkit.testing.tables import ReadmeTables

if TYPE_CHECKING:
    from otelkit.testing.sink import Sink

_REWRITTEN = pytest.StashKey[list[str]]()

mariadb_server, own_mariadb_server = server_fixtures("mariadb")
nats_server, own_nats_server = server_fixtures("nats")
postgres_server, own_postgres_server = server_fixtures("postgres")
rabbitmq_server, own_rabbitmq_server = server_fixtures("rabbitmq")
redis_server, own_redis_server = server_fixtures("redis")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--readme-rewrite`."""
    parser.getgroup("otelkit").addoption(
        "--readme-rewrite",
        action="store_true",
        help="write actual trace trees into the README's trace blocks instead of comparing with them",
    )


@pytest.fixture
def otlp_sink() -> "Iterator[Sink]":
    """Give an OTLP endpoint of this test alone: gRPC and HTTP on free ports of the loopback."""
    try:
        from otelkit.testing.sink import Sink  # noqa: PLC0415 - loads servers, only when asked for
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("otelkit"):
            raise
        pytest.fail(f"otlp_sink needs {error.name}: pip install 'otelkit[testing]'", pytrace=False)
    with Sink() as sink:
        yield sink


@pytest.fixture
def readme_trace(request: pytest.FixtureRequest) -> ReadmeTraces:
    """Give trace blocks of the nearest README, to compare with.

    `assert trace_tree(spans) == readme_trace("create-order")`
    """
    config = request.config
    rewritten = config.stash.setdefault(_REWRITTEN, []) if config.getoption("readme_rewrite") else None
    return ReadmeTraces(request.path, config.rootpath, rewritten)


@pytest.fixture
def readme_table(readme_trace: ReadmeTraces) -> ReadmeTables:
    """Hold a table of the nearest README against the one given: `readme_table("settings", table)`."""
    return ReadmeTables(readme_trace)


@pytest.fixture
def reset_telemetry() -> Iterator[None]:
    """Begin and end the test with OpenTelemetry as a fresh process has it."""
    from otelkit.testing.reset import fresh_telemetry  # noqa: PLC0415 - loads OpenTelemetry's API

    with fresh_telemetry():
        yield


def pytest_assertrepr_compare(
    config: pytest.Config, op: str, left: object, right: object
) -> list[str] | None:
    """Explain unequal trace trees."""
    return explain(config, left, right) if op == "==" else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put both whole trees below a failure."""
    report = yield
    add_sections(item, report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the blocks that were rewritten."""
    for block in config.stash.get(_REWRITTEN, []):
        terminalreporter.write_line(f"rewrote {block}")
