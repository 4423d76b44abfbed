"""What a form showed last, so that it shows it again."""

from collections.abc import Iterable

from starlette.requests import Request


def form_of(request: Request, fields: Iterable[str]) -> dict[str, str]:
    """Each field as it was sent, empty when it was not."""
    return {name: request.query_params.get(name, "") for name in fields}
