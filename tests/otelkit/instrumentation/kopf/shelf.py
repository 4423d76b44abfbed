"""Config maps of a namespace of the test's own."""

import json
import urllib.request
from typing import Any
from uuid import uuid4


class Shelf:
    """Config maps of a namespace of the test's own."""

    def __init__(self, server: str) -> None:
        self.namespace = f"shelf-{uuid4().hex[:8]}"
        self._root = f"{server}/api/v1/namespaces/{self.namespace}/configmaps"

    def create(self, name: str = "tea", **annotations: str) -> dict[str, Any]:
        metadata = {"name": name, "annotations": annotations}
        return self._call("POST", self._root, {"metadata": metadata, "data": {"a": "1"}})

    def change(self, data: str, name: str = "tea", **annotations: str) -> dict[str, Any]:
        patch = {"metadata": {"annotations": annotations}, "data": {"a": data}}
        return self._call("PATCH", f"{self._root}/{name}", patch)

    def delete(self, name: str = "tea") -> None:
        self._call("DELETE", f"{self._root}/{name}", None)

    @staticmethod
    def _call(method: str, url: str, body: Any) -> dict[str, Any]:
        content = "application/merge-patch+json" if method == "PATCH" else "application/json"
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(url, data, {"Content-Type": content}, method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
        return found
