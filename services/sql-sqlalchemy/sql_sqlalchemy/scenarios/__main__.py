"""`python -m sql_sqlalchemy.scenarios NAME`: the trace before, the trace after, and nothing left behind."""

import asyncio
import sys
from importlib import import_module

from sql_sqlalchemy.scenarios import Scenario
from sql_sqlalchemy.scenarios.stage import on_stage, seeded
from sql_sqlalchemy.settings import Settings
from sql_sqlalchemy.startup import one_message, start_telemetry

NAMES = ("n-plus-one", "pool-exhausted", "slow-query", "deadlock")


def find_scenario(name: str) -> Scenario:
    """Load one. Exits with a line that names them all when there is no such."""
    if name not in NAMES:
        sys.exit(f"sql-sqlalchemy: no scenario {name!r}; there are {', '.join(NAMES)}")
    module = import_module(f"sql_sqlalchemy.scenarios.{name.replace('-', '_')}")
    scenario: Scenario = module.SCENARIO
    return scenario


async def play(scenario: Scenario, settings: Settings) -> None:
    """Run both parts; each is exported before the next begins. Raises ConfigurationError."""
    async with seeded(scenario, settings) as url:
        telemetry = await asyncio.to_thread(start_telemetry)
        try:
            async with on_stage(scenario, url, settings) as engine:
                for part in (scenario.before, scenario.after):
                    await part(engine)
                    await asyncio.to_thread(telemetry.force_flush)
        finally:
            telemetry.shutdown()


def main(arguments: list[str]) -> None:
    """Play the scenario that the argument names."""
    scenario = find_scenario(arguments[0] if arguments else "")
    sys.stdout.write(f"{scenario.explanation}\n\n")
    sys.stdout.flush()
    with one_message():
        asyncio.run(play(scenario, Settings()))


if __name__ == "__main__":
    main(sys.argv[1:])
