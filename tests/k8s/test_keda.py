"""KEDA's schema takes any key in a trigger; which there are is read in the source of its scalers."""

import re

import pytest

from deploy.k8s.go_modules import KEDA, module_folder
from tests.k8s.conftest import Rendered

SCALERS = {"nats-jetstream": "nats_jetstream_scaler.go", "rabbitmq": "rabbitmq_scaler.go"}


def parameters_of(trigger: str) -> dict[str, str]:
    """Give name -> the rest of its tag: where it may come from, whether it is optional, its default."""
    source = (module_folder(KEDA) / "pkg" / "scalers" / SCALERS[trigger]).read_text(encoding="utf-8")
    return dict(re.findall(r'keda:"name=(\w+),\s*([^"]*)"', source))


@pytest.mark.parametrize("name", ["nats-jetstream", "rabbitmq-aio-pika"])
def test_trigger_has_every_parameter_that_its_scaler_needs_and_no_other(
    rendered: Rendered, name: str
) -> None:
    manifests = rendered("scale-out")
    scaled = manifests.find("ScaledObject", name)
    assert scaled is not None
    (trigger,) = scaled["spec"]["triggers"]
    reference = trigger.get("authenticationRef", {}).get("name", "")
    given = manifests.find("TriggerAuthentication", reference) or {"spec": {"secretTargetRef": []}}
    secret = {one["parameter"] for one in given["spec"]["secretTargetRef"]}

    known = parameters_of(trigger["type"])
    needed = {key for key, tag in known.items() if "optional" not in tag and "default=" not in tag}
    assert needed - set(trigger["metadata"]) - secret == set()
    assert set(trigger["metadata"]) - set(known) == set()
    assert all("authParams" in known[key] for key in secret)


def test_parameters_are_read() -> None:
    assert {"stream", "consumer", "lagThreshold"} <= set(parameters_of("nats-jetstream"))
