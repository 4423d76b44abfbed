"""k8s-operator, from a process of its own: a release, a change by hand, and an app that cannot be.

What was changed by hand is put right (drift); the app's Deployment belongs to somebody else, so it fails.
python -m tests.e2e.load.apps
"""

import asyncio

from opentelemetry.trace import get_tracer

from k8s_operator.client import open_api
from k8s_operator.cluster import find_cluster
from k8s_operator.exercise import FOREIGN
from k8s_operator.person import Person, condition, is_available
from k8s_operator.settings import Settings
from k8s_operator.startup import start_telemetry
from tests.e2e.load import ROUND_SECONDS, ROUNDS


async def _release_and_meddle(shop: Person, number: int) -> None:
    with get_tracer(__name__).start_as_current_span("kubectl apply"):
        await shop.apply("coffee", image=f"shop/coffee:{number}", replicas=2)
    await shop.until(is_available, name="coffee")
    await shop.edit("Deployment", "coffee", spec={"replicas": 7})
    await shop.until(lambda child: child and child["spec"]["replicas"] == 2, "Deployment", "coffee")
    name = f"taken-{number}"
    await shop.apply_as("somebody", shop.named("ConfigMap", name, **FOREIGN["ConfigMap"]))
    await shop.apply(name, config={"A": "2"})
    await shop.until(lambda app: condition(app, "Accepted")[0] == "False", name=name)


async def _rounds() -> None:
    async with open_api(await find_cluster(), Settings().request_seconds) as api:
        for number in range(ROUNDS):
            await _release_and_meddle(Person(api, "default"), number)
            await asyncio.sleep(ROUND_SECONDS)


if __name__ == "__main__":
    telemetry = start_telemetry("pipeline")
    try:
        asyncio.run(_rounds())
    finally:
        telemetry.shutdown()
