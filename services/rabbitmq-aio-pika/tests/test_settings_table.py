"""The README's table of settings is what the settings say of themselves."""

from typing import Any

from pydantic.fields import FieldInfo

from otelkit.testing.tables import ReadmeTables, markdown_table
from rabbitmq_aio_pika.settings import Settings


def variable_of(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return alias if isinstance(alias, str) else f"RABBITMQ_AIO_PIKA_{name.upper()}"


def shown(default: Any) -> str:
    if hasattr(default, "get_secret_value"):
        default = default.get_secret_value()
    if isinstance(default, tuple):
        return f"`[{', '.join(format(one, 'g') for one in default)}]`"
    return f"`{format(default, 'g') if isinstance(default, float) else default}`"


def test_every_setting_is_in_the_readme(readme_table: ReadmeTables) -> None:
    rows = [
        (f"`{variable_of(name, field)}`", shown(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]

    assert not [name for name, _, meaning in rows if not meaning]
    readme_table("settings", markdown_table(["setting", "default", "meaning"], rows))
