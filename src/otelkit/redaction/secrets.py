"""Names whose values are secrets wherever they stand: as attribute, in a map, in `name=value` text.

Free text has no structure to allow things in, so here a list of forbidden names is the only way.
"""

import re

_KEY = r"[_. -]?key(?:[_-]?id)?"
_TAILS = {
    "a": rf"uthorization|(?:pi|ccess|ccount){_KEY}|uth(?<![^\W_]auth)",
    "c": r"redentials?|ookies?|ard[_-]?number|v[vc](?<![^\W_]c..)",
    "d": r"sn(?<![^\W_]dsn)",
    "e": rf"ncryption{_KEY}",
    "i": r"ban(?<![^\W_]iban)",
    "j": r"wt",
    "o": r"tp(?<![^\W_]otp)",
    "p": rf"ass(?:word|wd|phrase|code)|ass(?<![^\W_]pass)|wd|rivate{_KEY}|in(?<![^\W_]pin)",
    "s": rf"ecret(?:{_KEY})?|et-cookie2?|ession[_-]?(?:id|key)|ignature|(?:igning|hared|ubscription){_KEY}"
    r"|sn(?<![^\W_]ssn)|ig(?<![^\W_]sig)",
    "t": r"oken",
}
_SEPARATOR = r"(?:[\\\"']{0,4}\s{0,8}(?:=>|:=|[:=])|\\?[\"'],)\s{0,8}"

SECRET_NAME = re.compile("(?:" + "|".join(f"{k}(?:{v})" for k, v in _TAILS.items()) + r")\Z", re.IGNORECASE)
"""Found at the end of a key (`db.password`, `accessToken`) it makes the value a secret."""

SECRET_PAIRS = [rf"{first}(?:{tail}){_SEPARATOR}" for first, tail in _TAILS.items()]
"""Secret names in lower case with what separates them from a value: `=`, `:`, JSON, a Python dict or pair.

One pattern a first letter, so that the regular expression engine skips all other characters at once.
"""
