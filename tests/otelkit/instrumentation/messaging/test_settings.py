"""Settings: arguments before variables, and errors that name what is wrong."""

from typing import Any

import pytest

from otelkit.instrumentation.messaging import Settings, read_settings


def read(given: dict[str, Any] | None = None, **environ: str) -> Settings:
    return read_settings(
        Settings, "OTELKIT_X_", given or {}, {f"OTELKIT_X_{k}": v for k, v in environ.items()}
    )


def test_argument_stands_before_the_variable_and_the_variable_before_the_default() -> None:
    assert read({"settle": "event"}, SETTLE="span").settle == "event"
    assert read({"settle": None}, SETTLE="span").settle == "span"
    assert read().settle == "event"


def test_lists_are_separated_by_commas() -> None:
    assert read(TEMPLATES=" a.*, b.> ,,").templates == ("a.*", "b.>")
    assert read({"templates": ["a.*"]}).templates == ("a.*",)
    assert read(BAGGAGE_HOSTS="a,b").baggage_hosts == ("a", "b")
    assert read().baggage_hosts is None


@pytest.mark.parametrize(
    ("given", "environ", "message"),
    [
        ({"settle": "always"}, {}, r"settle='always': use one of event, span, none"),
        ({}, {"SETTLE": "always"}, r"OTELKIT_X_SETTLE='always': use one of"),
        ({"templates": "a.*"}, {}, r"templates='a.\*': use a list"),
        ({"templates": [1]}, {}, r"templates=\[1\]: use a list"),
        ({"settles": "span"}, {}, r"knows no 'settles'; settings are .*settle"),
    ],
)
def test_wrong_value_is_an_error_that_names_it(
    given: dict[str, Any], environ: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        read(given, **environ)
