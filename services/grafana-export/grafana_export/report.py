"""What the smoke test says: a table of what was found, and a paragraph for each thing that was not.

What a backend answers is a stranger's text. Secrets that it may echo are blotted out.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence

from grafana_export.looking import Look, Search
from grafana_export.remedies import remedy_for_reading
from grafana_export.settings import Settings

_AUTHORIZATION = re.compile(r"\b(Basic|Bearer) [\w+/=.~-]+", re.IGNORECASE)
_HEAD = ("signal", "found after", "what", "where")


def report_on(search: Search, settings: Settings) -> str:
    """The table, pages to look at, and what to do about what is missing."""
    best = search.whole or max(search.sent, key=lambda id_: sum(id_ in look.found for look in search.looks))
    rows = [_row(look, best, settings.smoke_seconds) for look in search.looks]
    pages = dict.fromkeys(look.page(best) for look in search.looks if best in look.found)
    missing = [_missing(look, settings) for look in search.looks if best not in look.found]
    paragraphs = [f"trace id {best}", "\n".join(_aligned([_HEAD, *rows])), "\n".join(pages), *missing]
    return "\n\n".join(filter(None, paragraphs))


def _row(look: Look, trace_id: str, bound_seconds: float) -> Sequence[str]:
    if trace_id not in look.found:
        return look.signal, f"not in {bound_seconds:g} s", "", look.address
    seconds, evidence = look.found[trace_id]
    return look.signal, f"{seconds:.1f} s", evidence, look.address


def _missing(look: Look, settings: Settings) -> str:
    remedy = remedy_for_reading(look.signal, look.problem, in_cloud=settings.in_cloud)
    answered = look.problem or f"{look.address} has nothing of it"
    return f"{look.signal}: {answered}\n  {remedy}"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def without_secrets(text: str, settings: Settings) -> str:
    """The text with tokens and passwords blotted out, as they are and within base64."""
    text = _AUTHORIZATION.sub(r"\1 (hidden)", text)
    for secret in (settings.cloud_token, settings.pyroscope_password):
        for form in _forms_of(secret.get_secret_value()):
            text = text.replace(form, "(hidden)")
    return text


def _forms_of(secret: str) -> Iterator[str]:
    if not secret:
        return
    yield secret
    for before in range(3):  # base64 takes three bytes at a time: what stands before shifts the letters
        length = before + len(secret)
        encoded = base64.b64encode(b" " * before + secret.encode()).decode()
        yield encoded[(0, 2, 3)[before] : length // 3 * 4]
