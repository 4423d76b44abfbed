"""secrets.yaml holds no secret, only what one is made of."""

import pytest

from deploy.k8s.errors import ClusterError
from deploy.k8s.secret_templates import fill, plain_secrets, read_templates


def test_no_secret_of_the_repository_is_in_plain_text() -> None:
    assert plain_secrets(read_templates()) == []


def test_secret_in_plain_text_is_found() -> None:
    templates = {"good": {"a": "{random}"}, "given": {"a": "{env:A}"}, "bad": {"a": "tiger", "b": "{a}"}}

    assert plain_secrets(templates) == ["bad"]


def test_values_are_made_of_randomness_the_environment_and_keys_before() -> None:
    templates = {"password": "{random}", "key": "{env:KEY}", "url": "nats://shop:{password}@nats:4222"}

    values = fill("x", templates, lambda: "r4nd0m", {"KEY": "given"})

    assert values == {"password": "r4nd0m", "key": "given", "url": "nats://shop:r4nd0m@nats:4222"}


@pytest.mark.parametrize(
    ("template", "words"),
    [("{env:KEY}", "the Secret x needs KEY: set it in the environment"), ("{later}", r"x uses \{later\}")],
)
def test_part_that_is_not_to_be_had_is_named(template: str, words: str) -> None:
    with pytest.raises(ClusterError, match=words):
        fill("x", {"key": template, "later": "{random}"}, lambda: "r", {})
