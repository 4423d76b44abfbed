"""What an app leaves outside of the cluster: its entry in the shop's directory, taken out when it goes.

Asked for as often as it takes, so what is gone already is well.
"""

from urllib.parse import urlsplit

import httpx2

from otelkit.instrumentation.httpx2 import described

_GONE = frozenset({404, 410})


class Cleanup:
    """Takes entries out of a directory; without an address there is none."""

    def __init__(self, url: str, client: httpx2.AsyncClient) -> None:
        self._url, self._client = url.rstrip("/"), client

    @property
    def is_needed(self) -> bool:
        """Whether there is a directory."""
        return bool(self._url)

    async def forget(self, namespace: str | None, name: str) -> None:
        """Take one app out. Raises httpx2.TransportError, httpx2.HTTPStatusError."""
        template = described(f"{urlsplit(self._url).path}/{{namespace}}/{{name}}")
        answer = await self._client.delete(f"{self._url}/{namespace}/{name}", extensions=template)
        if answer.status_code not in _GONE:
            answer.raise_for_status()
