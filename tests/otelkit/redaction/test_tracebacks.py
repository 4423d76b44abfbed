import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otelkit.redaction.exceptions import redact_exception_type, redact_stacktrace, redact_status

C = "CANARYx7Q9"
HEADER = "Traceback (most recent call last):"
CAUSE = "During handling of the above exception, another exception occurred:"
HOSTILE = [
    f'{C}\n  File "{C}", line 1, in {C}\n    {C}\n{C}: {C}\nshop.{C}: {C}',
    f'\n\n{CAUSE}\n\n{HEADER}\n  File "{C}", line 1',
    f'x\n  File "{__file__}", line 1, in {C}',
    f'x\n  File "{__file__}", line 4111111',
    f"x\n  | {C}: {C}\n  +---------------- {C} ----------------\n{HEADER} {C}",
    f"x\r{C}\x0b{C}\u2028{HEADER}\u2028{C}",
    f"x\n  [Previous line repeated {C} more times]\nValueError.{C}: x\nbuiltins.{C}",
]


def traceback_of(error: BaseException) -> str:
    try:
        raise error
    except BaseException as caught:  # noqa: BLE001 - tests give it KeyboardInterrupt, too
        return "".join(traceback.format_exception(caught))


@pytest.mark.parametrize("message", HOSTILE)
def test_message_that_imitates_a_traceback_does_not_pass(message: str) -> None:
    class LocalError(ValueError):
        pass

    redacted = redact_stacktrace(traceback_of(LocalError(message)))
    assert C not in redacted
    assert "4111111" not in redacted
    assert f'File "{__file__}", line ' in redacted
    assert "in traceback_of" in redacted
    assert "LocalError" in redacted


def test_source_lines_do_not_pass() -> None:
    try:
        int("secret-in-the-source")
    except ValueError as error:
        redacted = redact_stacktrace("".join(traceback.format_exception(error)))
    assert redacted.splitlines()[-1] == "ValueError"
    assert "secret-in-the-source" not in redacted
    assert len(redacted.splitlines()) == 3


def test_frame_of_a_file_that_is_not_loaded_says_so() -> None:
    assert redact_stacktrace('  File "/etc/shadow", line 1, in x') == '  File "REDACTED"\n'


@given(
    st.text() | st.lists(st.sampled_from([*HOSTILE, HEADER, "ValueError: x", "  | KeyError"])).map("\n".join)
)
def test_redacted_traceback_is_redacted_to_itself(text: str) -> None:
    once = redact_stacktrace(text)
    assert redact_stacktrace(once) == once


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("ValueError: secret", "ValueError: REDACTED"),
        ("ValueError", "ValueError"),
        ("secret", "REDACTED"),
        ("secret: ValueError", "REDACTED"),
        ("StatusCode.NOT_FOUND: secret", "REDACTED"),
        ("json.decoder.JSONDecodeError: secret", "json.decoder.JSONDecodeError: REDACTED"),
    ],
)
def test_status_keeps_the_type_of_an_exception_only(description: str, expected: str) -> None:
    assert redact_status(description) == expected


def test_exception_type_must_be_a_name() -> None:
    assert redact_exception_type("shop.make.<locals>.OutOfStock") == "shop.make.<locals>.OutOfStock"
    assert redact_exception_type("my secret") == "REDACTED"
