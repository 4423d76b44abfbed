"""What is started when images cannot be had, and which choices `make up` refuses."""

from typing import Any

import pytest

from deploy.compose.choice import choose, read_stack
from deploy.compose.images import images_of
from deploy.compose.merged import in_profiles
from deploy.compose.project import read_profiles
from deploy.compose.selection import select
from deploy.local.errors import StackError

Services = dict[str, dict[str, Any]]
GONE = "no such host"


def test_service_without_an_image_goes_and_takes_along_who_needs_it(services: Services) -> None:
    image = services["rabbitmq"]["image"]

    selection = select({"services": in_profiles(services, "lite")}, {image: GONE})

    assert selection.left_out == {
        "rabbitmq": f"{image} cannot be had ({GONE})",
        "rabbitmq-aio-pika": "it needs rabbitmq",
    }
    assert "nats-jetstream" in selection.services
    assert selection.lacks("lite") == {}


def test_full_profile_is_not_one_without_mimir(services: Services) -> None:
    config = {"services": in_profiles(services, "full")}

    selection = select(config, {"grafana/mimir:3.1.0": GONE})

    assert set(selection.left_out) == {"mimir", "grafana"}
    assert selection.lacks("full") == {"mimir": f"grafana/mimir:3.1.0 cannot be had ({GONE})"}


def test_grafana_alone_can_be_missing(services: Services) -> None:
    selection = select({"services": in_profiles(services, "full")}, {services["grafana"]["image"]: GONE})

    assert set(selection.left_out) == {"grafana"}
    assert selection.lacks("full") == {}


def test_what_is_built_needs_the_image_it_is_built_from(services: Services) -> None:
    selection = select({"services": in_profiles(services, "lite")}, {"python:3.13-slim": GONE})

    assert {"http-fastapi", "viewer", "collector"} <= selection.lacks("lite").keys()


def test_image_that_another_service_builds_is_not_looked_for_elsewhere(services: Services) -> None:
    assert images_of({"services": services}, "load") == {"python:3.13-slim"}


def test_without_docker_local_processes_are_chosen_and_the_reason_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    assert choose("") is None
    assert "local processes, because there is no docker on PATH" in capsys.readouterr().out


def test_forced_compose_without_an_engine_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")

    with pytest.raises(StackError, match=r"STACK=compose, but .*docker"):
        choose("compose")


@pytest.mark.parametrize("text", ["big", "lite,full", "full,everything"])
def test_unknown_profile_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(StackError, match=f"PROFILE='{text}': give lite or full"):
        read_profiles({"PROFILE": text})


def test_profiles_are_read_with_the_backend_first() -> None:
    assert read_profiles({"PROFILE": "load, lite"}) == ("lite", "load")
    assert read_profiles({}) == ()


def test_unknown_stack_is_refused() -> None:
    with pytest.raises(StackError, match="STACK='podman': give compose or local"):
        read_stack({"STACK": "podman"})
