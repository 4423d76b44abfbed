"""What a form showed last, so that it shows it again, and what is wrong with it."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from starlette.requests import Request

Found = TypeVar("Found")


def form_of(request: Request, fields: Iterable[str]) -> dict[str, str]:
    """Each field as it was sent, empty when it was not."""
    return {name: request.query_params.get(name, "") for name in fields}


def found_or_mistake(find: Callable[[], list[Found]]) -> tuple[list[Found], str]:
    """What is found and no mistake, or nothing and the mistake in what was asked."""
    try:
        return find(), ""
    except ValueError as mistake:
        return [], str(mistake)
