"""The merged configuration without docker, as far as our files use Compose.

Includes, `extends` (mappings are merged, lists are appended), and variables with their defaults. A test
compares it with docker's own where there is one.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.compose.project import FOLDER

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def merged_services(variables: Mapping[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """Give every service of all profiles, with these variables set and no others."""
    services: dict[str, dict[str, Any]] = {}
    for name in _load(FOLDER / "compose.yaml", variables or {})["include"]:
        for service, raw in _load(FOLDER / name, variables or {}).get("services", {}).items():
            services[service] = _extended(raw, FOLDER / name, variables or {})
    return services


def in_profiles(services: Mapping[str, dict[str, Any]], *profiles: str) -> dict[str, dict[str, Any]]:
    """Give the services that these profiles start: those of the profiles, and those of none."""
    return {
        name: service
        for name, service in services.items()
        if not service.get("profiles") or set(service["profiles"]) & set(profiles)
    }


def mebibytes(service: Mapping[str, Any]) -> int:
    """Give the memory limit of a service."""
    return int(str(service["mem_limit"]).removesuffix("m"))


def _load(file: Path, variables: Mapping[str, str]) -> dict[str, Any]:
    text = _VARIABLE.sub(lambda found: variables.get(found[1]) or found[2] or "", file.read_text())
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def _extended(raw: dict[str, Any], file: Path, variables: Mapping[str, str]) -> dict[str, Any]:
    extends = raw.pop("extends", None)
    if extends is None:
        return raw
    base_file = file.parent / extends.get("file", file.name)
    base = _load(base_file, variables)["services"][extends["service"]]
    merged: dict[str, Any] = _merge(_extended(base, base_file, variables), raw)
    return merged


def _merge(base: Any, over: Any) -> Any:
    if isinstance(base, dict) and isinstance(over, dict):
        both = {key: _merge(base[key], over[key]) for key in base.keys() & over.keys()}
        return {**base, **over, **both}
    if isinstance(base, list) and isinstance(over, list):
        return [*base, *over]
    return over
