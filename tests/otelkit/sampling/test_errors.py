"""When errors count as rising, and when not."""

import random

import pytest

from otelkit.sampling.errors import ErrorTrend

SEED, PER_SECOND = 20_260, 10


def play(trend: ErrorTrend, now: float, seconds: float, share: float, seed: int = SEED) -> float:
    """Ten requests a second, of which a share fails by chance; the time when they are over."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable example, no secret
    for number in range(round(seconds * PER_SECOND)):
        trend.add(now + number / PER_SECOND, is_error=chance.random() < share)
    return now + seconds


def test_single_error_is_no_alarm() -> None:
    trend = ErrorTrend(0)
    trend.add(0, is_error=True)

    assert trend.alarm(0) == 0


def test_incident_of_five_percent_is_full_alarm_within_a_minute() -> None:
    trend = ErrorTrend(0)
    now = play(trend, 0, 600, 0.002)
    assert trend.alarm(now) == 0

    now = play(trend, now, 60, 0.05)

    assert trend.alarm(now) == 1


@pytest.mark.parametrize("share", [0.002, 0.05, 0.3])
def test_what_always_fails_a_little_is_seldom_an_alarm(share: float) -> None:
    trend = ErrorTrend(0)
    now = play(trend, 0, 3600, share)
    alarms = []
    for minute in range(200):
        now = play(trend, now, 20, share, SEED + minute)
        alarms.append(trend.alarm(now))

    # The surprise has variance share*(1-share)*n/2 over share*n+1, a deviation of at most 0.71: 3 is beyond
    # four of them. Above 1 a normal variable of that deviation has 0.03 on average; the alarm is half of it.
    assert max(alarms) < 1
    assert sum(alarms) / len(alarms) < 0.05


def test_alarm_fades_when_nothing_more_comes() -> None:
    trend = ErrorTrend(0)
    now = play(trend, 0, 60, 0.5)
    assert trend.alarm(now) == 1

    assert trend.alarm(now + 300) == 0


def test_incident_that_lasts_becomes_the_rule() -> None:
    trend = ErrorTrend(0)
    now = play(trend, 0, 600, 0.0)

    now = play(trend, now, 6000, 0.05)

    assert trend.alarm(now) < 0.5


def test_clock_that_goes_back_harms_nothing() -> None:
    trend = ErrorTrend(100)
    trend.add(90, is_error=True)
    trend.add(95, is_error=False)

    assert trend.alarm(90) == 0
