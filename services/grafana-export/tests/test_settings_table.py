"""The README's table of settings is what the settings say of themselves."""

from typing import Any

from pydantic.fields import FieldInfo

from grafana_export.settings import Settings
from otelkit.testing.tables import ReadmeTables, markdown_table


def variable_of(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return alias if isinstance(alias, str) else f"GRAFANA_EXPORT_{name.upper()}"


def shown(default: Any) -> str:
    if hasattr(default, "get_secret_value"):
        default = default.get_secret_value()
    return "" if default == "" else f"`{default}`"


def test_every_setting_is_in_the_readme(readme_table: ReadmeTables) -> None:
    rows = [
        (f"`{variable_of(name, field)}`", shown(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]

    assert not [name for name, _, meaning in rows if not meaning]
    readme_table("settings", markdown_table(["setting", "default", "meaning"], rows))
