r"""Labels of a sample, as text: `{http_route="/orders",otel_scope_name="shop"}`.

Attributes whose keys become the same label are joined with `;` in the order of their keys. Values are
UTF-8 with `\`, `"` and line feeds escaped; what is not a string is shown as JSON. An empty value is the
same as no label to Prometheus, so it is left out.
"""

import json
from collections.abc import Iterable, Mapping

from otelkit.openmetrics.names import label_name

Labels = tuple[tuple[str, str], ...]


def labels_of(attributes: Mapping[str, object], reserved: str = "") -> Labels:
    """Label names and values, ordered; one that would be called as `reserved` gets `exported_` before it."""
    found: dict[str, str] = {}
    for key in sorted(attributes):
        name, value = label_name(key), _value(attributes[key])
        name = f"exported_{name}" if name == reserved else name
        if value:
            found[name] = f"{found[name]};{value}" if name in found else value
    return tuple(sorted(found.items()))


def write_labels(labels: Iterable[tuple[str, str]]) -> str:
    """Labels in braces; nothing when there are none."""
    text = ",".join(f'{name}="{escape(value)}"' for name, value in labels)
    return f"{{{text}}}" if text else ""


def escape(text: str) -> str:
    """Escape a label's value, or a help text in OpenMetrics."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text.encode("utf-8", "replace").decode()  # a lone surrogate has no UTF-8
