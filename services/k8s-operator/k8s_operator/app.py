"""A MyApp as the operator understands it, or what is wrong with it.

The schema of the resource refuses the same before it is stored; an object can be older than the schema.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

_IMAGE = re.compile(
    r"[a-z0-9]([a-z0-9._:/-]*[a-z0-9])?(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@sha256:[a-f0-9]{64})?"
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MOST_REPLICAS, LEAST_PORT, MOST_PORT = 100, 1024, 65_535
MOST_IMAGE, MOST_ENTRIES, MOST_VALUE = 512, 64, 4096


class InvalidAppError(Exception):
    """A MyApp that cannot be run; the message names the field and the remedy."""


@dataclass(frozen=True)
class App:
    """One MyApp."""

    namespace: str
    name: str
    uid: str
    generation: int
    image: str
    replicas: int
    port: int
    config: Mapping[str, str]

    @property
    def config_digest(self) -> str:
        """Changes when the configuration does."""
        lines = "".join(f"{key}={value}\n" for key, value in sorted(self.config.items()))
        return sha256(lines.encode()).hexdigest()[:16]


def read_app(body: Mapping[str, Any]) -> App:
    """Read a MyApp. Raises InvalidAppError."""
    metadata, spec = body["metadata"], body.get("spec") or {}
    if not isinstance(spec, Mapping):
        raise InvalidAppError("spec is not an object")
    return App(
        metadata.get("namespace", ""),
        metadata.get("name", ""),  # admission asks before there is one
        metadata.get("uid", ""),
        metadata.get("generation", 0),
        _image(spec.get("image")),
        _number("replicas", spec.get("replicas", 1), 0, MOST_REPLICAS),
        _number("port", spec.get("port", 8080), LEAST_PORT, MOST_PORT),
        _config(spec.get("config", {})),
    )


def _image(given: Any) -> str:
    if not isinstance(given, str) or len(given) > MOST_IMAGE or not _IMAGE.fullmatch(given):
        raise InvalidAppError(
            f"spec.image is {_shown(given)}: give the name of an image, as registry/name:tag"
        )
    if given.endswith(":latest"):
        raise InvalidAppError("spec.image must name a version, latest is none")
    return given


def _number(name: str, given: Any, least: int, most: int) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise InvalidAppError(f"spec.{name} is {_shown(given)}: give a whole number from {least} to {most}")
    return given


def _config(given: Any) -> Mapping[str, str]:
    if not isinstance(given, Mapping):
        raise InvalidAppError(
            f"spec.config is {_shown(given)}: give names and values of environment variables"
        )
    if len(given) > MOST_ENTRIES:
        raise InvalidAppError(f"spec.config has {len(given)} entries: at most {MOST_ENTRIES} are taken")
    for key, value in given.items():
        if not isinstance(key, str) or not _VARIABLE.fullmatch(key):
            raise InvalidAppError(f"spec.config has {_shown(key)}: keys are names of environment variables")
        if not isinstance(value, str) or len(value) > MOST_VALUE:
            raise InvalidAppError(f"spec.config.{key[:64]}: give a text of at most {MOST_VALUE} characters")
    return dict(given)


def _shown(given: Any) -> str:
    text = "missing" if given is None else repr(given)
    return text if len(text) <= 80 else f"{text[:80]}..."  # noqa: PLR2004 - enough to find it
