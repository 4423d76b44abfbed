"""Keeps what a traceback says about the program and drops what it says about the data.

Messages may imitate any line of a traceback, so no line is trusted for its looks: a frame stays when its
file is one that this process has loaded and its function is defined there, a type when such an exception
class exists. Source lines go as well, since literals in them may be secrets.
Follows semantic conventions 1.44, exceptions: `exception.type` is what to group by and always stays.
"""

import re
from collections.abc import Iterator

from otelkit.redaction.frames import is_exception, is_exception_without_module, is_function_of, is_line_of
from otelkit.redaction.urls import REDACTED

_BAR = r"(?P<bar>(?:[ ]{0,64}\|[ ])?)"
_FRAME = re.compile(
    _BAR + r'  File "(?P<file>[^"]{1,4096})", line (?P<line>\d{1,7})(?:, in (?P<function>[\w<>]{1,512}))?'
)
_TYPE = re.compile(_BAR + r"(?P<type>[\w.<>]{1,512})(?::.*)?")
_FIXED = re.compile(
    _BAR
    + r"""(?:Traceback[ ]\(most[ ]recent[ ]call[ ]last\):
        | [ ]{0,64}\+[ ]Exception[ ]Group[ ]Traceback[ ]\(most[ ]recent[ ]call[ ]last\):
        | [ ]{0,64}\+-(?:\+-)?-{8,64}(?:[ ]\d{1,2}[ ]-{8,64})?
        | The[ ]above[ ]exception[ ]was[ ]the[ ]direct[ ]cause[ ]of[ ]the[ ]following[ ]exception:
        | During[ ]handling[ ]of[ ]the[ ]above[ ]exception,[ ]another[ ]exception[ ]occurred:
        | [ ]{2}File[ ]"REDACTED")""",
    re.VERBOSE,
)
TRACEBACK = "Traceback (most recent call last):"
_IDENTIFIER = re.compile(r"[^\W\d]\w*(?:\.(?:[^\W\d]\w*|<locals>))*")


def redact_stacktrace(stacktrace: str, exception_type: str = "") -> str:
    """Redact a traceback as `traceback.format_exception` prints it, chains and groups included.

    `exception_type` is a name to trust although no class has it any more.
    """
    return "".join(f"{line}\n" for line in _kept_lines(stacktrace, exception_type))


def redact_status(description: str, exception_types: frozenset[str] = frozenset()) -> str:
    """Redact a status description; the SDK writes `Type: message`, of which the type stays.

    A message is kept when the type is among the allowed `exception_types`.
    """
    name = description.partition(":")[0]
    if name in exception_types:
        return description
    if is_exception_without_module(name) or is_exception(name):
        return name if name == description else f"{name}: {REDACTED}"
    return REDACTED


def redact_exception_type(name: str) -> str:
    """Keep a dotted class name, redact anything else."""
    return name if len(name) <= 512 and _IDENTIFIER.fullmatch(name) else REDACTED  # noqa: PLR2004 - as in _TYPE


def _kept_lines(stacktrace: str, trusted_type: str) -> Iterator[str]:
    for line in stacktrace.splitlines():
        if frame := _FRAME.fullmatch(line):
            yield _redact_frame(frame)
        elif _FIXED.fullmatch(line):
            yield line
        elif (named := _TYPE.fullmatch(line)) and (
            named["type"] == trusted_type or is_exception(named["type"])
        ):
            yield named["bar"] + named["type"]


def _redact_frame(frame: re.Match[str]) -> str:
    file, line, function = frame["file"], frame["line"], frame["function"]
    if not is_line_of(file, int(line)):
        return f'{frame["bar"]}  File "{REDACTED}"'
    place = f'{frame["bar"]}  File "{file}", line {int(line)}'
    return f"{place}, in {function}" if function and is_function_of(file, function) else place
