"""A small overlay for tests of the merge."""

from typing import Any

SENDS = {"sending_queue": {"storage": "file_storage"}}


def overlay() -> dict[str, Any]:
    """An overlay with one exporter, `otlp_grpc/one`, to which traces go."""
    return {
        "exporters": {"otlp_grpc/one": SENDS},
        "service": {"pipelines": {"traces": {"exporters": ["otlp_grpc/one"]}}},
    }
