"""The README's table of settings: each is there, with the default that it has."""

import re
from pathlib import Path

from nats_jetstream.settings import PREFIX, Settings

README = Path(__file__).parents[1] / "README.md"
ROW = re.compile(r"^\| (`N[^|]+) \| ([^|]+) \|", re.MULTILINE)


def shown_defaults() -> dict[str, str]:
    """Variables by their full names; `_PORT` beside `NATS_JETSTREAM_HOST` is short for one."""
    shown = {}
    for names, defaults in ROW.findall(README.read_text(encoding="utf-8")):
        variables, values = re.findall(r"`([^`]+)`", names), re.findall(r"`([^`]+)`", defaults)
        for variable, value in zip(variables, values, strict=True):
            shown[PREFIX.rstrip("_") + variable if variable.startswith("_") else variable] = value
    return shown


def default_of(name: str) -> str:
    value = Settings.model_fields[name].default
    if hasattr(value, "get_secret_value"):
        return str(value.get_secret_value())
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def test_every_setting_is_in_the_readme_with_its_default() -> None:
    names = {
        name: "NATS_URL" if name == "nats_url" else PREFIX + name.upper() for name in Settings.model_fields
    }

    assert shown_defaults() == {variable: default_of(name) for name, variable in names.items()}
