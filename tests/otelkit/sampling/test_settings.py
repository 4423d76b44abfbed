"""What OTEL_TRACES_SAMPLER_ARG means to each sampler, and what is an error."""

import pytest

from otelkit import ConfigurationError
from otelkit.sampling import settings


def test_settings_that_are_not_given_have_defaults() -> None:
    assert settings.adaptive(None).get_description() == "AdaptiveSampler{ratio=0.1, spans_per_second=100}"
    assert settings.adaptive("").get_description() == settings.adaptive(None).get_description()
    assert "ratio=1.0" in settings.consistent_ratio(None).get_description()


def test_ratio_is_taken() -> None:
    assert (
        "ParentFollowingSampler{CompositeSampler{ComposableTraceIDRatioBased{threshold=8,"
        in settings.parentbased_consistent_ratio("0.5").get_description()
    )


@pytest.mark.parametrize(
    ("argument", "remedy"),
    [
        ("ratio=2", "use a number above 0, up to 1"),
        ("spans_per_second=0", "use a number above 0"),
        ("rate=1", "'rate' is unknown: use ratio and spans_per_second"),
        ("0.1", "use key=value"),
        ("ratio=much", "could not convert"),
    ],
)
def test_wrong_argument_is_an_error_that_says_what_to_write(argument: str, remedy: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"OTEL_TRACES_SAMPLER_ARG='{argument}'.*{remedy}"):
        settings.adaptive(argument)


@pytest.mark.parametrize("make", [settings.consistent_ratio, settings.parentbased_consistent_ratio])
def test_wrong_ratio_is_an_error_that_says_what_to_write(make: object) -> None:
    with pytest.raises(ConfigurationError, match=r"OTEL_TRACES_SAMPLER_ARG='2'.*a number from 0 to 1"):
        make("2")  # type: ignore[operator]  # one of both


@pytest.mark.parametrize(("ratio", "digits"), [("0.1", "e666"), ("0.01", "fd70a"), ("1", "0")])
def test_threshold_is_as_short_as_the_collectors(ratio: str, digits: str) -> None:
    assert f"threshold={digits}," in settings.consistent_ratio(ratio).get_description()


@pytest.mark.parametrize("ratio", ["0", "1e-20"])
def test_ratio_of_zero_is_never(ratio: str) -> None:
    assert "threshold=max" in settings.consistent_ratio(ratio).get_description()
