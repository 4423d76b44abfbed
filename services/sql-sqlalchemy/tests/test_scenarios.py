"""The scenarios: the trace before the fix names the problem, the trace after it does not."""

import pytest
from pydantic import SecretStr

from otelkit import Telemetry
from otelkit.testing import Sink, TraceTree, trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.traces import Span
from sql_sqlalchemy.scenarios import Act
from sql_sqlalchemy.scenarios.__main__ import NAMES, find_scenario
from sql_sqlalchemy.scenarios.stage import on_stage, seeded
from sql_sqlalchemy.settings import Settings
from sql_sqlalchemy.startup import start_telemetry


class Stage:
    """Plays one part after the other and gives the spans of each."""

    def __init__(self, sink: Sink, settings: Settings) -> None:
        self._sink, self._settings = sink, settings
        self.telemetry: Telemetry | None = None

    async def play(self, name: str) -> tuple[list[Span], list[Span]]:
        scenario = find_scenario(name)
        async with seeded(scenario, self._settings) as url:
            self.telemetry = start_telemetry()
            async with on_stage(scenario, url, self._settings) as engine:

                async def spans_of(act: Act) -> list[Span]:
                    self._sink.clear()
                    await act(engine)
                    assert self.telemetry is not None
                    assert self.telemetry.force_flush()
                    return self._sink.spans()

                return await spans_of(scenario.before), await spans_of(scenario.after)


@pytest.fixture
def stage(otlp_sink: Sink, reset_telemetry: None, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A sink for the telemetry that starts when a scenario has been seeded."""
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    # A busy machine makes everybody wait a little; the scenario's starving ones time out.
    monkeypatch.setenv("OTELKIT_SQLALCHEMY_POOL_WAIT_THRESHOLD_SECONDS", "60")
    return Stage(otlp_sink, Settings(database_url=SecretStr(empty_url)))


def tree_of(spans: list[Span]) -> TraceTree:
    # Two at once end in any order; by name the failed one stands first.
    return trace_tree(spans, events=True, order="name")


def findings_in(spans: list[Span]) -> list[object]:
    return [
        event.attributes["otelkit.db.finding.type"]
        for span in spans
        for event in span.events
        if event.name == "otelkit.db.finding"
    ]


def codes_in(spans: list[Span]) -> list[object]:
    return [span.attributes.get("db.response.status_code") for span in spans if span.status == "ERROR"]


SQLITE = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
POSTGRES = pytest.mark.parametrize("kind", ["postgres"], indirect=True)


@SQLITE
async def test_n_plus_one_is_found_before_and_gone_after(stage: Stage, readme_trace: ReadmeTraces) -> None:
    before, after = await stage.play("n-plus-one")

    assert (findings_in(before), findings_in(after)) == (["n_plus_one"], [])
    assert trace_tree(before, events=True) == readme_trace("n-plus-one-before")
    assert trace_tree(after, events=True) == readme_trace("n-plus-one-after")


@SQLITE
async def test_exhausted_pool_is_found_before_and_gone_after(
    stage: Stage, readme_trace: ReadmeTraces
) -> None:
    before, after = await stage.play("pool-exhausted")

    assert (findings_in(before), findings_in(after)) == (["pool_starvation"] * 2, [])
    assert trace_tree(before, events=True) == readme_trace("pool-exhausted-before")
    assert trace_tree(after, events=True) == readme_trace("pool-exhausted-after")


@SQLITE
async def test_slow_query_is_cancelled_before_and_quick_after(
    stage: Stage, readme_trace: ReadmeTraces
) -> None:
    before, after = await stage.play("slow-query")

    assert max(span.duration_seconds for span in before) > 0.4
    assert trace_tree(before, events=True) == readme_trace("slow-query-before")
    assert trace_tree(after, events=True) == readme_trace("slow-query-after")


@POSTGRES
@pytest.mark.integration
async def test_deadlock_ends_one_transfer_before_and_none_after(
    stage: Stage, readme_trace: ReadmeTraces
) -> None:
    before, after = await stage.play("deadlock")

    assert "40P01" in codes_in(before)
    assert tree_of(before) == readme_trace("deadlock-before")
    assert tree_of(after) == readme_trace("deadlock-after")


@pytest.mark.parametrize("name", NAMES)
async def test_fix_holds_on_every_database(stage: Stage, name: str) -> None:
    before, after = await stage.play(name)

    assert findings_in(before) or codes_in(before)
    assert findings_in(after) == []
    assert codes_in(after) == []


def test_scenario_that_is_not_there_is_one_line() -> None:
    with pytest.raises(SystemExit, match="no scenario 'x'; there are n-plus-one, pool-exhausted"):
        find_scenario("x")
