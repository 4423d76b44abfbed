"""Redacts URLs: values of query parameters, user information and fragments.

Keys of a query stay, values become REDACTED unless their parameter is allowed; user information becomes
`REDACTED:REDACTED@` (semantic conventions 1.44, `url.full` and `url.query`). A part without `=` is a
value as far as anyone can tell. Fragments carry OAuth tokens, so they are redacted as well.
"""

import re

REDACTED = "REDACTED"
USERINFO = f"{REDACTED}:{REDACTED}@"
_PARAMETERS_END = re.compile("([&;])")
_AUTHORITY = re.compile(r"[^\s/?#\\\"<>]{0,4096}")
_PORT = re.compile(r"\d{0,5}\]?")
_NAME_QUERY = re.compile(r"(?<=\S)\?\S*")
_USERINFO_SEARCH_CHARS = 1024


def redact_query(query: str, allowed: frozenset[str]) -> str:
    """Redact the part of a URL after `?`, fragment included."""
    query, hash_sign, fragment = query.partition("#")
    parts = _PARAMETERS_END.split(query)
    parts[::2] = [_redact_parameter(part, allowed) for part in parts[::2]]
    return "".join(parts) + hash_sign + (REDACTED if fragment else "")


def redact_url(url: str, allowed: frozenset[str]) -> str:
    """Redact an absolute URL or a request target."""
    if not ("?" in url or "@" in url or "#" in url):
        return url
    start = url.find("//")
    end = userinfo_end(url, start + 2) if start >= 0 and "?" not in url[:start] else 0
    if end:
        url = url[: start + 2] + USERINFO + url[end:]
    url, hash_sign, fragment = url.partition("#")
    path, question_mark, query = url.partition("?")
    return path + question_mark + redact_query(query, allowed) + hash_sign + (REDACTED if fragment else "")


def userinfo_end(text: str, start: int) -> int:
    """Find where the user information of an authority at `start` ends, after its `@`; 0 when it has none.

    A password with a raw `/`, `?` or `#` makes what precedes it look like a host with an impossible port.
    """
    authority = _AUTHORITY.match(text, start)
    end = authority.end() if authority else start
    at = text.rfind("@", start, end)
    if at >= 0:
        return at + 1
    colon = text.rfind(":", start, end)
    if colon < 0 or _PORT.fullmatch(text, colon + 1, end):
        return 0
    at = text.rfind("@", end, end + _USERINFO_SEARCH_CHARS)
    return 0 if at < 0 or any(map(str.isspace, text[end:at])) else at + 1


def cut_query(name: str) -> str:
    """Cut query strings out of a span name: a name has low cardinality, so not even the keys stay."""
    return _NAME_QUERY.sub("", name)


def _redact_parameter(parameter: str, allowed: frozenset[str]) -> str:
    name, equals, value = parameter.partition("=")
    if name in allowed or not (value or name) or (equals and not value):
        return parameter
    return f"{name}={REDACTED}" if equals else REDACTED
