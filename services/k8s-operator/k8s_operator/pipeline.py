"""What a pipeline and a person do to an app, in the demo: a release, another one, and a change by hand."""

import asyncio

from opentelemetry.trace import get_tracer

from k8s_operator.client import open_api
from k8s_operator.cluster import find_cluster
from k8s_operator.person import Person, is_available
from k8s_operator.settings import Settings
from k8s_operator.startup import one_message, start_telemetry

NAMESPACE, SECONDS = "default", 60


def main() -> None:
    """Do it once."""
    with one_message():
        telemetry = start_telemetry("pipeline")
        try:
            asyncio.run(_deploy())
        finally:
            telemetry.shutdown()


async def _deploy() -> None:
    async with open_api(await find_cluster(), Settings().request_seconds) as api:
        shop, tracer = Person(api, NAMESPACE), get_tracer(__name__)
        for image, replicas in (("shop/tea:1", 1), ("shop/tea:2", 3)):
            with tracer.start_as_current_span("kubectl apply"):
                await shop.apply(image=image, replicas=replicas, config={"CURRENCY": "EUR"})
            await shop.until(is_available, seconds=SECONDS)
        with tracer.start_as_current_span("kubectl edit"):
            await shop.edit("Deployment", spec={"replicas": 7})
        await shop.until(
            lambda child: child and child["spec"]["replicas"] == replicas, "Deployment", seconds=SECONDS
        )


if __name__ == "__main__":
    main()
