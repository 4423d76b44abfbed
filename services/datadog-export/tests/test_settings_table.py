"""The README's table of settings is what the settings say of themselves."""

from datadog_export.settings import Settings
from otelkit.testing.tables import ReadmeTables, markdown_table


def test_every_setting_is_in_the_readme(readme_table: ReadmeTables) -> None:
    rows = [
        (
            f"`DATADOG_EXPORT_{name.upper()}`",
            ""
            if field.default is None
            else f"`{field.default:g}`"
            if isinstance(field.default, float)
            else f"`{field.default}`",
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]

    assert not [name for name, _, meaning in rows if not meaning]
    readme_table("settings", markdown_table(["setting", "default", "meaning"], rows))
