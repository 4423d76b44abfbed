"""secrets.yaml: which Secrets have to be there before the manifests, with what keys and made of what."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

from deploy.k8s.errors import ClusterError

FILE = Path(__file__).with_name("secrets.yaml")
_PART = re.compile(r"\{([\w.:-]+)\}")
Templates = Mapping[str, Mapping[str, str]]


def read_templates(file: Path = FILE) -> Templates:
    """Read name -> key -> template of every Secret."""
    templates: Templates = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return templates


def plain_secrets(templates: Templates) -> list[str]:
    """Give the Secrets with nothing in them that is made or given when it is needed."""
    return [
        name
        for name, keys in templates.items()
        if not any("{random}" in one or "{env:" in one for one in keys.values())
    ]


def fill(
    name: str,
    templates: Mapping[str, str],
    random: Callable[[], str],
    environ: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """Give the values of one Secret. Raises ClusterError for a part that is not to be had."""
    values: dict[str, str] = {}
    for key, template in templates.items():
        values[key] = _PART.sub(lambda part: _part(name, part[1], values, random, environ), template)
    return values


def _part(
    name: str, part: str, values: Mapping[str, str], random: Callable[[], str], environ: Mapping[str, str]
) -> str:
    if part == "random":
        return random()
    variable = part.removeprefix("env:")
    if variable != part and not environ.get(variable):
        raise ClusterError(f"the Secret {name} needs {variable}: set it in the environment")
    if variable == part and part not in values:
        raise ClusterError(f"secrets.yaml: {name} uses {{{part}}}, which is no key of it that comes before")
    return environ[variable] if variable != part else values[part]
